import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { SandboxApi } from '../data/api.ts';
import { ApiError } from '../data/http.ts';
import type { Authentication, Client, ClientRequest, Sandbox } from '../data/sandbox-types.ts';
import { tokenCommands } from './auth-commands.ts';
import { SEAT_CHANGED } from './participant-card.ts';

const KEYS: Readonly<Record<Client['keys'], string>> = {
  none: 'No key is registered yet.',
  uploaded: 'Keys were uploaded:',
  url: 'Keys are looked up at',
};

const lines = (value: FormDataEntryValue | null): string[] =>
  String(value ?? '')
    .split(/\s+/)
    .filter((line) => line !== '');

/** What the form asks for: an address, or the keys themselves. Throws where what was pasted is no JSON. */
const requestOf = (form: FormData, signs: boolean): ClientRequest => {
  if (!signs) return { redirectUris: lines(form.get('redirects')), public: form.has('public') };
  const keys = String(form.get('keys') ?? '').trim();
  if (/^https?:/i.test(keys)) return { jwksUrl: keys };
  return keys === '' ? {} : { jwks: JSON.parse(keys) };
};

/** How callers of a sandbox get their tokens: what to register, and commands that do it. */
export class AuthPanel extends LitElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    sandbox: { attribute: false },
    errors: { state: true },
    saved: { state: true },
  };
  declare api: SandboxApi;
  declare sandbox: Sandbox;
  /** By participant. */
  declare errors: Readonly<Record<string, string>>;
  declare saved: string | undefined;

  constructor() {
    super();
    this.errors = {};
    this.saved = undefined;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  private async register(event: SubmitEvent, { participant }: Client, signs: boolean): Promise<void> {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    this.saved = undefined;
    try {
      await this.api.setClient(participant, requestOf(new FormData(event.target), signs));
      this.errors = {};
      this.saved = participant;
      this.dispatchEvent(new Event(SEAT_CHANGED, { bubbles: true }));
    } catch (error) {
      const why = error instanceof ApiError ? error.message : 'That is neither a key set in JSON nor an address';
      this.errors = { [participant]: why };
    }
  }

  private keyFields({ participant, keys, kids = [], jwksUrl }: Client): TemplateResult {
    return html`
      <p class="fp-quiet">${KEYS[keys]} ${keys === 'url' ? html`<code>${jwksUrl}</code>` : kids.map((kid) => html`<code>${kid}</code> `)}</p>
      <div class="fp-field"><label class="nhsuk-label" for=${`keys-${participant}`}>Public keys, or their address</label>
        <div class="nhsuk-hint" id=${`keys-${participant}-hint`}>A key set (JWKS) as JSON, or the URL of one.</div>
        <textarea class="nhsuk-textarea" rows="4" spellcheck="false" id=${`keys-${participant}`} name="keys" aria-describedby=${`keys-${participant}-hint`}></textarea></div>`;
  }

  private redirectFields({ participant, redirectUris, public: open }: Client): TemplateResult {
    return html`
      <div class="fp-field"><label class="nhsuk-label" for=${`redirects-${participant}`}>Redirect URIs, one a line</label>
        <div class="nhsuk-hint" id=${`redirects-${participant}-hint`}>Where the browser may be sent back to, exactly.</div>
        <textarea class="nhsuk-textarea" rows="3" spellcheck="false" id=${`redirects-${participant}`} name="redirects" aria-describedby=${`redirects-${participant}-hint`} .value=${redirectUris.join('\n')}></textarea></div>
      <div class="nhsuk-checkboxes nhsuk-checkboxes--small fp-field"><div class="nhsuk-checkboxes__item">
        <input class="nhsuk-checkboxes__input" id=${`public-${participant}`} name="public" type="checkbox" value="true" ?checked=${open}>
        <label class="nhsuk-label nhsuk-checkboxes__label" for=${`public-${participant}`}>It cannot keep a secret</label></div></div>`;
  }

  private client(authentication: Authentication, client: Client): TemplateResult {
    const { participant, clientId, secret } = client;
    const title = this.sandbox.participants.find(({ name }) => name === participant)?.title ?? participant;
    const signs = authentication.authorizeUrl === undefined;
    const copyable = (label: string, text: string): TemplateResult => html`
      <div class="fp-copyable"><span class="fp-copyable__label">${label}</span><code>${text}</code><fp-copy .text=${text} .what=${`${label} of ${title}`}></fp-copy></div>`;
    const error = this.errors[participant];
    return html`
      <section class="fp-participant" aria-labelledby=${`client-${participant}`}>
        <div class="fp-participant__head"><h3 id=${`client-${participant}`}>Client of ${title}</h3></div>
        ${copyable('Client id', clientId)}
        ${secret === undefined ? nothing : copyable('Secret', secret)}
        <form novalidate @submit=${(event: SubmitEvent) => this.register(event, client, signs)}>
          ${signs ? this.keyFields(client) : this.redirectFields(client)}
          <button class="fp-small-button fp-small-button--strong" type="submit">Register<span class="nhsuk-u-visually-hidden"> for ${title}</span></button>
          ${error === undefined ? nothing : html`<span class="nhsuk-error-message" role="alert">${error}</span>`}
          <span class="fp-quiet" role="status">${this.saved === participant ? 'Registered.' : ''}</span>
        </form>
        ${tokenCommands(authentication, client).map(
          (command) => html`
            <div class="fp-command"><div class="fp-half__bar"><b>${command.title}</b><fp-copy .text=${command.text} .what=${`${command.title} command`}></fp-copy></div>
            <pre tabindex="0" role="region" aria-label=${`${command.title} command for ${title}`}>${command.text}</pre></div>`,
        )}
      </section>`;
  }

  protected override render(): unknown {
    const { authentication } = this.sandbox;
    if (authentication === undefined) return nothing;
    const { tokenUrl, authorizeUrl, clients, users = [] } = authentication;
    const copyable = (label: string, text: string): TemplateResult => html`
      <div class="fp-copyable"><span class="fp-copyable__label">${label}</span><code>${text}</code><fp-copy .text=${text} .what=${label}></fp-copy></div>`;
    return html`
      <p class="fp-quiet">${
        authorizeUrl === undefined
          ? 'Calls need an access token, which the token endpoint issues for a JWT that your key signs. Tokens are good for ten minutes of real time.'
          : 'Calls need an access token of somebody who signed in. Tokens are good for ten minutes of real time.'
      } What is wrong with a request is answered in the platform’s words, and shown in the live sequence.</p>
      ${copyable('Token endpoint', tokenUrl)}
      ${authorizeUrl === undefined ? nothing : copyable('Authorisation endpoint', authorizeUrl)}
      ${clients.map((client) => this.client(authentication, client))}
      ${
        users.length === 0
          ? nothing
          : html`<section class="fp-participant" aria-labelledby="users"><div class="fp-participant__head"><h3 id="users">Who can sign in</h3></div>
              <ul class="nhsuk-list">${users.map(({ name, role }) => html`<li><b>${name}</b> <span class="fp-quiet">${role}</span></li>`)}</ul></section>`
      }`;
  }
}

customElements.define('fp-authentication', AuthPanel);
