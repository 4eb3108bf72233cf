import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { createSandbox } from '../data/api.ts';
import type { PatternSummary } from '../data/api-types.ts';
import { ApiError } from '../data/http.ts';
import { adminKey, keepAdminKey, keepSandboxKey } from '../data/keys.ts';
import { adminKeyField } from '../shell/admin-key-field.ts';
import { navigate } from '../shell/navigation.ts';

/** `auth` of a sandbox, in words. */
const AUTH = [
  ['none', 'nothing'],
  ['bearer', 'the credential of each endpoint'],
  ['api-key', 'an API key'],
  ['signed-jwt', 'a token for a signed JWT'],
  ['user-restricted', 'a token of a user who signs in'],
] as const;

/** *Run it live*: creates a sandbox of a pattern and opens it; or says what is missing. */
export class RunLive extends LitElement {
  static override properties: PropertyDeclarations = {
    pattern: { attribute: false },
    decision: { type: String },
    busy: { state: true },
    error: { state: true },
    dialect: { state: true },
  };
  declare pattern: PatternSummary;
  declare decision: string | undefined;
  declare busy: boolean;
  declare error: ApiError | undefined;
  declare dialect: string | undefined;

  constructor() {
    super();
    this.busy = false;
    this.error = undefined;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  private async run(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy || !(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    if (form.has('admin-key')) keepAdminKey(String(form.get('admin-key')));
    const dialect = form.get('dialect');
    this.busy = true;
    this.error = undefined;
    try {
      const created = await createSandbox(
        {
          pattern: this.pattern.id,
          ...(typeof dialect === 'string' ? { dialect } : {}),
          auth: String(form.get('auth') ?? 'none'),
          ...(this.decision === undefined ? {} : { decision: this.decision }),
        },
        adminKey(),
      );
      keepSandboxKey(created.id, created.key);
      navigate(`/sandboxes/${encodeURIComponent(created.id)}`);
    } catch (error) {
      this.error =
        error instanceof ApiError ? error : new ApiError(0, 'The sandbox could not be created', String(error), []);
    } finally {
      this.busy = false;
    }
  }

  private choose(event: Event): void {
    if (event.target instanceof HTMLSelectElement) this.dialect = event.target.value;
  }

  /** What the real API asks for, in the dialect that is chosen. */
  private real(): unknown {
    const { dialects } = this.pattern;
    const { auth = [] } = dialects.find(({ id }) => id === this.dialect) ?? dialects[0] ?? {};
    const names = AUTH.filter(([id]) => auth.includes(id)).map(([, title]) => title);
    return names.length === 0
      ? nothing
      : html`<div class="nhsuk-hint">The real API asks for: ${names.join(', or ')}.</div>`;
  }

  private problem(): unknown {
    if (this.error === undefined) return nothing;
    return html`<p class="nhsuk-error-message" role="alert">${this.error.title}${this.error.message === this.error.title ? '' : `: ${this.error.message}`}</p>`;
  }

  protected override render(): TemplateResult {
    const { pattern } = this;
    if (!pattern.live) {
      return html`
        <section class="fp-panel" aria-labelledby="run">
          <h2 class="nhsuk-heading-s" id="run">Not runnable yet</h2>
          <p class="nhsuk-body">This pattern is described, but it has no running participants yet. You can still record the decision.</p>
        </section>`;
    }
    return html`
      <section class="fp-panel fp-panel--strong" aria-labelledby="run">
        <h2 class="nhsuk-heading-s" id="run">Run it live</h2>
        <p class="nhsuk-body">A sandbox of your own: every participant simulated, until you take a seat with your own system.</p>
        <form @submit=${this.run}>
          <div class="nhsuk-form-group">
            <label class="nhsuk-label" for="dialect">Dialect</label>
            <select class="nhsuk-select" id="dialect" name="dialect" @change=${this.choose}>
              ${pattern.dialects.map(({ id, title }) => html`<option value=${id}>${title}</option>`)}
            </select>
          </div>
          <div class="nhsuk-form-group">
            <label class="nhsuk-label" for="auth">Callers prove who they are by</label>
            ${this.real()}
            <select class="nhsuk-select" id="auth" name="auth">
              ${AUTH.map(([id, title]) => html`<option value=${id}>${title}</option>`)}
            </select>
          </div>
          ${this.error?.status === 401 ? adminKeyField() : nothing}
          ${this.problem()}
          <button class="nhsuk-button" type="submit" aria-disabled=${this.busy ? 'true' : 'false'}>${this.busy ? 'Creating…' : 'Run it live'}</button>
        </form>
      </section>
    `;
  }
}

customElements.define('fp-run-live', RunLive);
