import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { SandboxApi } from '../data/api.ts';
import { ApiError } from '../data/http.ts';
import type { Endpoint, Mode, Participant, Sandbox } from '../data/sandbox-types.ts';
import { commandsFor, targetOf } from './commands.ts';

const MODES: readonly (readonly [Mode, string, string])[] = [
  ['simulated', 'Simulated', 'Fingerpost plays it'],
  ['external', 'External', 'your own system plays it'],
  ['stopped', 'Stopped', 'it does not answer'],
];
const TONES: Readonly<Record<Mode, string>> = {
  simulated: 'fp-tag--good',
  external: 'fp-tag--warn',
  stopped: 'fp-tag--quiet',
};

/** Fired when a seat was taken, given back or stopped. */
export const SEAT_CHANGED = 'fp-seat-changed';

const NAMES: Readonly<Record<string, string>> = {
  'fhir-r4': 'FHIR R4',
  mllp: 'HL7 v2 over MLLP',
  amqp: 'AMQP (RabbitMQ)',
  sse: 'Server-sent events',
  ws: 'WebSocket',
};
const nameOf = (protocol: string): string => NAMES[protocol] ?? protocol;

/** One seat: who sits in it, its endpoints with ready commands, and what it can be told to do. */
export class ParticipantCard extends LitElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    sandbox: { attribute: false },
    participant: { attribute: false },
    mode: { state: true },
    error: { state: true },
    busy: { state: true },
  };
  declare api: SandboxApi;
  declare sandbox: Sandbox;
  declare participant: Participant;
  /** What is chosen in the form, before it is applied. */
  declare mode: Mode | undefined;
  declare error: string | undefined;
  declare busy: boolean;

  constructor() {
    super();
    this.busy = false;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  private async apply(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy || !(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    const mode = this.mode ?? this.participant.mode;
    const [url, mllpUrl] = ['url', 'mllpUrl'].map((name) => String(form.get(name) ?? '').trim());
    const credential = String(form.get('credential') ?? '');
    this.busy = true;
    this.error = undefined;
    try {
      await this.api.setParticipant(this.participant.name, {
        mode,
        ...(mode === 'external' && url ? { url } : {}),
        ...(mode === 'external' && mllpUrl ? { mllpUrl } : {}),
        ...(mode === 'external' && credential !== '' ? { credential } : {}),
        ...(mode === 'external' && form.has('queue') ? { queue: true } : {}),
      });
      this.mode = undefined;
      this.dispatchEvent(new Event(SEAT_CHANGED, { bubbles: true }));
    } catch (error) {
      this.error = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }

  private seat(): TemplateResult {
    const { participant } = this;
    const { name } = participant;
    const mode = this.mode ?? participant.mode;
    const changed = mode !== participant.mode || mode === 'external';
    return html`
      <form class="fp-seat" novalidate @submit=${this.apply}>
        <fieldset class="nhsuk-fieldset">
          <legend class="nhsuk-u-visually-hidden">Who plays ${participant.title}</legend>
          <div class="fp-switch">
            ${MODES.map(
              ([value, label, hint]) => html`
                <label title=${hint}><input type="radio" name="mode" value=${value} .checked=${mode === value} @change=${() => {
                  this.mode = value;
                }}><span>${label}</span></label>`,
            )}
          </div>
        </fieldset>
        ${
          mode === 'external'
            ? html`
              <div class="fp-field"><label class="nhsuk-label" for=${`url-${name}`}>URL of your system (optional)</label>
                <div class="nhsuk-hint" id=${`url-${name}-hint`}>The base that others call. Leave it empty if your system only calls.</div>
                <input class="nhsuk-input" id=${`url-${name}`} name="url" type="url" inputmode="url" autocomplete="off" value=${participant.url ?? ''} placeholder="http://127.0.0.1:9000/FHIR/R4" aria-describedby=${`url-${name}-hint`}></div>
              ${this.takesHl7() ? this.mllpField() : nothing}
              <div class="fp-field"><label class="nhsuk-label" for=${`credential-${name}`}>Its credential (optional)</label>
                <div class="nhsuk-hint" id=${`credential-${name}-hint`}>Sent as the Authorization header; never shown again.</div>
                <input class="nhsuk-input" id=${`credential-${name}`} name="credential" type="password" autocomplete="off" aria-describedby=${`credential-${name}-hint`}></div>
              ${this.sandbox.outsideQueues === true ? this.queueChoice() : nothing}`
            : nothing
        }
        ${changed ? html`<button class="fp-small-button fp-small-button--strong" type="submit" aria-disabled=${this.busy ? 'true' : 'false'}>Apply<span class="nhsuk-u-visually-hidden"> to ${participant.title}</span></button>` : nothing}
        ${this.error === undefined ? nothing : html`<span class="nhsuk-error-message" role="alert">${this.error}</span>`}
      </form>`;
  }

  /** Whether it is a receiver of HL7 v2: then it has an endpoint for that, whoever plays it. */
  private takesHl7(): boolean {
    return this.sandbox.endpoints.some(
      ({ participant, protocol }) => protocol === 'mllp' && participant === this.participant.name,
    );
  }

  private mllpField(): TemplateResult {
    const { name, mllpUrl } = this.participant;
    return html`
      <div class="fp-field"><label class="nhsuk-label" for=${`mllp-${name}`}>Its address for HL7 v2 (optional)</label>
        <div class="nhsuk-hint" id=${`mllp-${name}-hint`}>Host and port for MLLP.</div>
        <input class="nhsuk-input" id=${`mllp-${name}`} name="mllpUrl" type="url" inputmode="url" autocomplete="off" value=${mllpUrl ?? ''} placeholder="mllp://127.0.0.1:2575" aria-describedby=${`mllp-${name}-hint`}></div>`;
  }

  private queueChoice(): TemplateResult {
    const { name, queue } = this.participant;
    return html`
      <div class="nhsuk-checkboxes nhsuk-checkboxes--small fp-field"><div class="nhsuk-checkboxes__item">
        <input class="nhsuk-checkboxes__input" id=${`queue-${name}`} name="queue" type="checkbox" value="true" ?checked=${queue === true}>
        <label class="nhsuk-label nhsuk-checkboxes__label" for=${`queue-${name}`}>A queue of its own on RabbitMQ</label></div></div>`;
  }

  private endpoint(endpoint: Endpoint): TemplateResult {
    const title = this.participant.title;
    const target = targetOf(this.participant, endpoint);
    const commands = target === undefined ? [] : commandsFor(this.sandbox, target, () => crypto.randomUUID());
    const copyable = (label: string, text: string): TemplateResult => html`
      <div class="fp-copyable"><span class="fp-copyable__label">${label}</span><code>${text}</code><fp-copy .text=${text} .what=${`${label} of ${title}`}></fp-copy></div>`;
    return html`
      <div class="fp-endpoint">
        ${endpoint.url === undefined ? html`<p class="fp-quiet">${nameOf(endpoint.protocol)}</p>` : copyable(nameOf(endpoint.protocol), endpoint.url)}
        ${endpoint.credential === undefined ? nothing : copyable('Credential', endpoint.credential)}
        ${endpoint.exchange === undefined ? nothing : copyable('Exchange', endpoint.exchange)}
        ${endpoint.queue === undefined ? nothing : copyable('Queue', endpoint.queue)}
        ${endpoint.routingKeys === undefined || endpoint.routingKeys.length === 0 ? nothing : copyable('Routing key', endpoint.routingKeys.join(' '))}
        ${endpoint.note === undefined ? nothing : html`<p class="fp-quiet">${endpoint.note}</p>`}
        ${
          commands.length === 0
            ? nothing
            : html`
              <details class="nhsuk-details fp-act">
                <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">Commands to try<span class="nhsuk-u-visually-hidden"> on ${title}, ${nameOf(endpoint.protocol)}</span></span></summary>
                ${endpoint.protocol === 'amqp' ? html`<p class="fp-quiet">They are of Debian's amqp-tools. The same message-id again has no second effect.</p>` : nothing}
                ${target === endpoint ? nothing : html`<p class="fp-quiet">They go to the system that plays ${title}, at the URL that was given for it. Add the credential that it asks for.</p>`}
                ${commands.map(
                  (command) => html`
                    <div class="fp-command"><div class="fp-half__bar"><b>${command.title}</b><fp-copy .text=${command.text} .what=${`${command.title} command`}></fp-copy></div>
                    <pre tabindex="0" role="region" aria-label=${`${command.title} command for ${title}`}>${command.text}</pre></div>`,
                )}
              </details>`
        }
      </div>`;
  }

  protected override render(): TemplateResult {
    const { participant } = this;
    const endpoints = this.sandbox.endpoints.filter((endpoint) => endpoint.participant === participant.name);
    return html`
      <section class="fp-participant" aria-labelledby=${`participant-${participant.name}`}>
        <div class="fp-participant__head"><h3 id=${`participant-${participant.name}`}>${participant.title}</h3><span class=${`nhsuk-tag ${TONES[participant.mode]}`}>${participant.mode}</span></div>
        ${participant.summary === undefined ? nothing : html`<p class="fp-quiet">${participant.summary}</p>`}
        ${this.seat()}
        ${endpoints.map((endpoint) => this.endpoint(endpoint))}
        ${participant.mode === 'simulated' ? participant.acts.map((act) => html`<fp-act-form .api=${this.api} .participant=${participant.name} .act=${act}></fp-act-form>`) : nothing}
      </section>
    `;
  }
}

customElements.define('fp-participant', ParticipantCard);
