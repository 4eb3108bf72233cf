import { html, LitElement, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { SandboxApi } from '../data/api.ts';
import { ApiError } from '../data/http.ts';
import type { Clock } from '../data/sandbox-types.ts';
import { clockNow } from './clock-now.ts';

const STEPS: readonly (readonly [duration: string, label: string])[] = [
  ['PT1H', '1 hour'],
  ['P1D', '1 day'],
  ['P5D', '5 days'],
];

export const CLOCK_CHANGED = 'fp-clock-changed';

/** The sandbox's own time: what it is, and how to move it. */
export class ClockPanel extends LitElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    clock: { attribute: false },
    tick: { state: true },
    said: { state: true },
    error: { state: true },
    busy: { state: true },
  };
  declare api: SandboxApi;
  declare clock: Clock;
  declare tick: number;
  declare said: string;
  declare error: string | undefined;
  declare busy: boolean;
  private readAt = Date.now();
  private timer = 0;

  constructor() {
    super();
    this.tick = 0;
    this.said = '';
    this.busy = false;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = window.setInterval(() => {
      this.tick += 1;
    }, 1000);
    // The page read the clock when it was opened; a lesson may have moved it since, and nobody counted the seconds.
    this.dispatchEvent(new Event(CLOCK_CHANGED, { bubbles: true }));
  }

  override disconnectedCallback(): void {
    window.clearInterval(this.timer);
    super.disconnectedCallback();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('clock')) this.readAt = Date.now();
  }

  private async change(body: { advance?: string; speed?: number }): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.error = undefined;
    try {
      const { fired, pending } = await this.api.setClock(body);
      const waiting = pending === 0 ? '' : `, ${pending} still waiting`;
      this.said =
        body.advance === undefined
          ? 'Speed changed'
          : `Advanced by ${body.advance}: ${fired} timer${fired === 1 ? '' : 's'} fired${waiting}`;
      this.dispatchEvent(new Event(CLOCK_CHANGED, { bubbles: true }));
    } catch (error) {
      this.error = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    const [advance, speed] = [String(form.get('advance') ?? '').trim(), String(form.get('speed') ?? '').trim()];
    if (advance !== '') void this.change({ advance });
    else if (speed !== '') void this.change({ speed: Number(speed) });
    else this.error = form.has('speed') ? 'Say how fast, such as 60' : 'Say by how much, such as PT15M';
  }

  protected override render(): TemplateResult {
    const now = clockNow(this.clock, this.readAt, Date.now());
    const { nextTimer, speed } = this.clock;
    return html`
      <h3 class="fp-tool__title">Sandbox clock</h3>
      <p class="fp-clock"><time datetime=${now.toISOString()}>${now.toISOString().slice(0, 19).replace('T', ' ')}</time> <span class="fp-quiet">UTC, ${speed === 0 ? 'stopped' : speed === 1 ? 'at real speed' : `${speed} × real speed`}</span></p>
      <p class="fp-quiet">${nextTimer === undefined ? 'No timer is waiting.' : `The next timer falls due ${nextTimer.slice(0, 19).replace('T', ' ')} UTC.`} Advancing fires what falls due, in order.</p>
      <div class="fp-tools" role="group" aria-label="Advance by">
        ${STEPS.map(([duration, label]) => html`<button class="fp-small-button" type="button" aria-disabled=${this.busy ? 'true' : 'false'} @click=${() => this.change({ advance: duration })}>+ ${label}</button>`)}
      </div>
      <form class="fp-line-form" @submit=${this.submit}>
        <label class="nhsuk-label" for="clock-advance">Advance by (ISO 8601 duration)</label>
        <div class="fp-tools"><input class="nhsuk-input" id="clock-advance" name="advance" placeholder="PT15M" autocomplete="off"><button class="fp-small-button fp-small-button--strong" type="submit">Advance</button></div>
      </form>
      <form class="fp-line-form" @submit=${this.submit}>
        <label class="nhsuk-label" for="clock-speed">Speed (1 is real time, 0 stands still)</label>
        <div class="fp-tools"><input class="nhsuk-input" id="clock-speed" name="speed" type="number" min="0" max="100000" step="any" .value=${String(speed)}><button class="fp-small-button fp-small-button--strong" type="submit">Set speed</button></div>
      </form>
      <p class="fp-said" role="status">${this.said}</p>
      ${this.error === undefined ? nothing : html`<p class="nhsuk-error-message" role="alert">${this.error}</p>`}
    `;
  }
}

customElements.define('fp-clock', ClockPanel);
