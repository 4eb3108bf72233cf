import { Task } from '@lit/task';
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { SandboxApi } from '../data/api.ts';
import { ApiError } from '../data/http.ts';
import type { Fault, Participant } from '../data/sandbox-types.ts';
import { focusOn } from '../shell/focus-on.ts';
import { failed, loading } from '../shell/states.ts';
import {
  describeEffect,
  describeScope,
  EFFECTS,
  type EffectKind,
  faultOf,
  MESSAGE_FAULTS,
  MLLP_FAULTS,
} from './fault-fields.ts';

/** Switches faults on and off: rules that make a participant misbehave on purpose. */
export class FaultsPanel extends LitElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    participants: { attribute: false },
    refresh: { type: Number },
    kind: { state: true },
    faults: { state: true },
    error: { state: true },
    said: { state: true },
  };
  declare api: SandboxApi;
  declare participants: readonly Participant[];
  /** Counts what was changed from elsewhere: faults may have been switched through the API. */
  declare refresh: number;
  declare kind: EffectKind;
  declare faults: readonly Fault[];
  declare error: string | undefined;
  declare said: string;
  private readonly task = new Task(this, {
    args: () => [this.api, this.refresh] as const,
    task: async ([api]) => {
      const { items } = await api.faults();
      this.faults = items;
    },
  });

  constructor() {
    super();
    this.kind = 'latency';
    this.refresh = 0;
    this.faults = [];
    this.said = '';
    this.participants = [];
  }

  protected override createRenderRoot(): this {
    return this;
  }

  private async put(faults: readonly Fault[], said: string): Promise<boolean> {
    this.error = undefined;
    try {
      const { items } = await this.api.setFaults(faults);
      this.faults = items;
      this.said = said;
      return true;
    } catch (error) {
      this.error = error instanceof ApiError ? error.message : String(error);
      return false;
    }
  }

  private async switchOff(left: readonly Fault[], said: string): Promise<void> {
    if (await this.put(left, said)) await focusOn(this, '#faults');
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    const fault = faultOf((name) => form.get(name)?.toString());
    if (typeof fault === 'string') this.error = fault;
    else void this.put([...this.faults, fault], 'Fault switched on');
  }

  private effectField(): unknown {
    const field = (id: string, label: string, control: TemplateResult): TemplateResult =>
      html`<div class="fp-field"><label class="nhsuk-label" for=${id}>${label}</label>${control}</div>`;
    switch (this.kind) {
      case 'latency':
        return field(
          'fault-ms',
          'Delay in ms',
          html`<input class="nhsuk-input" id="fault-ms" name="ms" type="number" min="1" max="60000" value="2000">`,
        );
      case 'status':
        return html`
          ${field('fault-status', 'Status', html`<input class="nhsuk-input" id="fault-status" name="status" type="number" min="400" max="599" value="503">`)}
          ${field('fault-retry', 'Retry-After in seconds (optional)', html`<input class="nhsuk-input" id="fault-retry" name="retryAfter" type="number" min="0">`)}`;
      case 'etag':
        return field(
          'fault-etag',
          'Which',
          html`<select class="nhsuk-select" id="fault-etag" name="etag"><option value="stale">One of an earlier version</option><option value="missing">None at all</option></select>`,
        );
      case 'content-type':
        return field(
          'fault-type',
          'Content type',
          html`<input class="nhsuk-input" id="fault-type" name="contentType" value="text/html" maxlength="100">`,
        );
      case 'message':
        return field(
          'fault-message',
          'In what way',
          html`<select class="nhsuk-select" id="fault-message" name="message">${MESSAGE_FAULTS.map(([as, label]) => html`<option value=${as}>${label}</option>`)}</select>`,
        );
      case 'mllp':
        return field(
          'fault-mllp',
          'In what way',
          html`<select class="nhsuk-select" id="fault-mllp" name="mllp">${MLLP_FAULTS.map(([as, label]) => html`<option value=${as}>${label}</option>`)}</select>`,
        );
      default:
        return nothing;
    }
  }

  private form(): TemplateResult {
    return html`
      <form novalidate @submit=${this.submit}>
        <div class="fp-field"><label class="nhsuk-label" for="fault-participant">Who misbehaves</label>
          <select class="nhsuk-select" id="fault-participant" name="participant">
            ${this.participants.map(({ name, title, main }) => html`<option value=${name} ?selected=${main === true}>${title}</option>`)}
          </select></div>
        <div class="fp-field"><label class="nhsuk-label" for="fault-kind">How</label>
          <select class="nhsuk-select" id="fault-kind" name="kind" @change=${(event: Event) => {
            const chosen = event.target instanceof HTMLSelectElement ? event.target.value : '';
            this.kind = EFFECTS.find(([kind]) => kind === chosen)?.[0] ?? 'latency';
          }}>${EFFECTS.map(([kind, label]) => html`<option value=${kind}>${label}</option>`)}</select></div>
        ${this.effectField()}
        <details class="nhsuk-details fp-act">
          <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">When</span></summary>
          <div class="fp-field"><label class="nhsuk-label" for="fault-operation">Operation (optional)</label><div class="nhsuk-hint" id="fault-operation-hint">An operationId, such as patchResource</div>
            <input class="nhsuk-input" id="fault-operation" name="operation" maxlength="64" autocomplete="off" spellcheck="false" aria-describedby="fault-operation-hint"></div>
          <div class="fp-field"><label class="nhsuk-label" for="fault-match">Only for (optional)</label><div class="nhsuk-hint" id="fault-match-hint">An id, search value or identifier that the request names</div>
            <input class="nhsuk-input" id="fault-match" name="match" maxlength="200" autocomplete="off" spellcheck="false" aria-describedby="fault-match-hint"></div>
          <div class="fp-field"><label class="nhsuk-label" for="fault-probability">How often, in percent</label><input class="nhsuk-input" id="fault-probability" name="probability" type="number" min="1" max="100" value="100"></div>
          <div class="fp-field"><label class="nhsuk-label" for="fault-times">How many times (optional)</label><input class="nhsuk-input" id="fault-times" name="times" type="number" min="1"></div>
        </details>
        <button class="fp-small-button fp-small-button--strong" type="submit">Switch on</button>
      </form>`;
  }

  private list(): TemplateResult {
    if (this.faults.length === 0) return html`<p class="fp-quiet">No fault is switched on: everybody behaves.</p>`;
    const title = (name: string): string => this.participants.find((one) => one.name === name)?.title ?? name;
    return html`
      <ul class="fp-faults">
        ${this.faults.map(
          (fault, index) => html`
            <li><span><b>⚡ ${title(fault.participant)}</b> ${describeEffect(fault.effect)}<br><span class="fp-quiet">${describeScope(fault)}</span></span>
            <button class="fp-small-button" type="button" @click=${() => this.switchOff(this.faults.toSpliced(index, 1), 'Fault switched off')}>Switch off<span class="nhsuk-u-visually-hidden">: ${title(fault.participant)} ${describeEffect(fault.effect)}</span></button></li>`,
        )}
      </ul>
      ${this.faults.length < 2 ? nothing : html`<button class="fp-small-button" type="button" @click=${() => this.switchOff([], 'All faults switched off')}>Switch all off</button>`}`;
  }

  protected override render(): TemplateResult {
    return html`
      <h3 class="fp-tool__title" id="faults" tabindex="-1">Faults</h3>
      ${this.task.render({
        initial: () => loading('faults'),
        pending: () => (this.faults.length === 0 ? loading('faults') : this.list()),
        error: (error) => failed(error, () => this.task.run()),
        complete: () => this.list(),
      })}
      <p class="fp-said" role="status">${this.said}</p>
      <h4 class="fp-tool__title">${this.faults.length === 0 ? 'Switch one on' : 'Switch on another'}</h4>
      ${this.form()}
      ${this.error === undefined ? nothing : html`<p class="nhsuk-error-message" role="alert">${this.error}</p>`}
    `;
  }
}

customElements.define('fp-faults', FaultsPanel);
