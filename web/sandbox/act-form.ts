import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { SandboxApi } from '../data/api.ts';
import { ApiError } from '../data/http.ts';
import type { ActDescription } from '../data/sandbox-types.ts';
import { type ActOutcome, actOutcome } from './act-outcome.ts';
import { ExchangeOpened } from './journal.ts';
import { type Field, fieldsOf, readForm } from './schema-form.ts';

/** Tells a simulated participant to act now; the form is made from the act's JSON Schema. */
export class ActForm extends LitElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    participant: { type: String },
    act: { attribute: false },
    errors: { state: true },
    said: { state: true },
    busy: { state: true },
  };
  declare api: SandboxApi;
  declare participant: string;
  declare act: ActDescription;
  declare errors: ReadonlyMap<string, string>;
  declare said: ActOutcome | undefined;
  declare busy: boolean;

  constructor() {
    super();
    this.errors = new Map();
    this.said = undefined;
    this.busy = false;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy || !(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    const { input, errors } = readForm(fieldsOf(this.act.input), (name) => form.get(name)?.toString());
    this.errors = errors ?? new Map();
    this.said = undefined;
    if (input === undefined) {
      const first = [...this.errors.keys()][0];
      await this.updateComplete;
      this.querySelector<HTMLElement>(`[name="${CSS.escape(first ?? '')}"]`)?.focus();
      return;
    }
    this.busy = true;
    try {
      const { result, exchanges } = await this.api.act(this.participant, this.act.id, input);
      const [first] = exchanges;
      this.said = actOutcome(result, exchanges.length);
      if (first !== undefined) this.dispatchEvent(new ExchangeOpened(first));
    } catch (error) {
      const text = error instanceof ApiError ? error.message : String(error);
      this.said = { text, bad: true };
    } finally {
      this.busy = false;
    }
  }

  private control(field: Field, id: string, described: string): TemplateResult {
    const describedBy = described === '' ? nothing : described;
    if (field.kind === 'choice') {
      return html`
        <select class="nhsuk-select" id=${id} name=${field.name} aria-describedby=${describedBy}>
          ${field.required ? nothing : html`<option value=""></option>`}
          ${field.choices.map((choice) => html`<option value=${choice} ?selected=${choice === field.initial}>${choice}</option>`)}
        </select>`;
    }
    if (field.kind === 'json') {
      return html`<textarea class="nhsuk-textarea fp-mono" id=${id} name=${field.name} rows="4" spellcheck="false" aria-describedby=${describedBy}>${field.initial}</textarea>`;
    }
    return html`<input class="nhsuk-input" id=${id} name=${field.name} type=${field.inputType} step=${field.kind === 'number' ? 'any' : nothing} value=${field.initial} autocomplete="off" aria-describedby=${describedBy} aria-required=${field.required ? 'true' : nothing}>`;
  }

  private field(field: Field): TemplateResult {
    const id = `act-${this.participant}-${this.act.id}-${field.name}`;
    const error = this.errors.get(field.name);
    if (field.kind === 'boolean') {
      return html`
        <div class="nhsuk-checkboxes nhsuk-checkboxes--small"><div class="nhsuk-checkboxes__item">
          <input class="nhsuk-checkboxes__input" id=${id} name=${field.name} type="checkbox" value="true" ?checked=${field.initial === 'true'}>
          <label class="nhsuk-label nhsuk-checkboxes__label" for=${id}>${field.label}</label>
        </div></div>`;
    }
    const described = [field.hint === '' ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`]
      .filter((part) => part !== '')
      .join(' ');
    return html`
      <div class="fp-field">
        <label class="nhsuk-label" for=${id}>${field.label}${field.required ? '' : ' (optional)'}</label>
        ${field.hint === '' ? nothing : html`<div class="nhsuk-hint" id=${`${id}-hint`}>${field.hint}</div>`}
        ${error === undefined ? nothing : html`<span class="nhsuk-error-message" id=${`${id}-error`}><span class="nhsuk-u-visually-hidden">Error:</span> ${error}</span>`}
        ${this.control(field, id, described)}
      </div>`;
  }

  protected override render(): TemplateResult {
    const { act } = this;
    return html`
      <details class="nhsuk-details fp-act">
        <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">${act.title}</span></summary>
        <form class="fp-act__form" novalidate @submit=${this.submit}>
          ${act.summary === undefined ? nothing : html`<p class="fp-quiet">${act.summary}</p>`}
          ${fieldsOf(act.input).map((field) => this.field(field))}
          <div class="fp-tools"><button class="fp-small-button fp-small-button--strong" type="submit" aria-disabled=${this.busy ? 'true' : 'false'}>Send<span class="nhsuk-u-visually-hidden">: ${act.title}</span></button>
          <span class=${this.said?.bad === true ? 'fp-said fp-said--bad' : 'fp-said'} role="status">${this.said?.text ?? ''}</span></div>
        </form>
      </details>
    `;
  }
}

customElements.define('fp-act-form', ActForm);
