import { Task } from '@lit/task';
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { listDecisions, recordDecision } from '../data/api.ts';
import type { Answers, Context, DecisionRequest } from '../data/api-types.ts';
import { ApiError } from '../data/http.ts';
import { adminKey, keepAdminKey } from '../data/keys.ts';
import { adminKeyField } from '../shell/admin-key-field.ts';
import type { SummaryEntry } from '../shell/error-summary.ts';
import { navigate } from '../shell/navigation.ts';
import { downloadAdr } from './download-adr.ts';

const FIELDS = ['title', 'solution', 'status', 'decidedBy', 'supersedes'] as const;

/** `/title` of problem+json is the field `title`; what belongs to no field stays without a link. */
const entriesOf = (error: unknown): SummaryEntry[] => {
  if (!(error instanceof ApiError)) return [{ text: String(error) }];
  if (error.entries.length === 0) return [{ text: error.message }];
  return error.entries.map(({ detail, at }) => {
    const field = FIELDS.find((name) => at?.startsWith(`/${name}`) === true);
    return field === undefined ? { text: detail } : { text: detail, field: `record-${field}` };
  });
};

/** Records a decision and opens it; with the second button the ADR is downloaded as well. */
export class RecordForm extends LitElement {
  static override properties: PropertyDeclarations = {
    answers: { attribute: false },
    context: { attribute: false },
    reasons: { attribute: false },
    outcome: { type: String },
    problems: { state: true },
    locked: { state: true },
    busy: { state: true },
  };
  declare answers: Answers;
  declare context: Context;
  declare reasons: Readonly<Record<string, string>>;
  declare outcome: string;
  declare problems: readonly SummaryEntry[];
  declare locked: boolean;
  declare busy: boolean;
  private readonly earlier = new Task(this, { args: () => [], task: () => listDecisions({ limit: 100 }) });

  constructor() {
    super();
    this.problems = [];
    this.locked = false;
    this.busy = false;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  private request(form: FormData): DecisionRequest {
    const said = (name: string): string => String(form.get(name) ?? '').trim();
    const optional = (name: string): Record<string, string> => (said(name) === '' ? {} : { [name]: said(name) });
    return {
      title: said('title'),
      status: said('status') === 'accepted' ? 'accepted' : 'proposed',
      answers: this.answers,
      ...optional('solution'),
      ...optional('decidedBy'),
      ...optional('supersedes'),
      ...(Object.keys(this.context).length === 0 ? {} : { context: this.context }),
      ...(Object.keys(this.reasons).length === 0 ? {} : { reasons: this.reasons }),
    };
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy || !(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    const body = this.request(form);
    if (form.has('admin-key')) keepAdminKey(String(form.get('admin-key')));
    if (body.title === '') {
      this.problems = [{ text: 'Enter a title', field: 'record-title' }];
      return;
    }
    this.busy = true;
    try {
      const decision = await recordDecision(body, adminKey());
      if (event.submitter instanceof HTMLButtonElement && event.submitter.value === 'adr') await downloadAdr(decision);
      navigate(`/decisions/${encodeURIComponent(decision.id)}`);
    } catch (error) {
      this.locked = error instanceof ApiError && error.status === 401;
      this.problems = entriesOf(error);
    } finally {
      this.busy = false;
    }
  }

  private text(name: 'title' | 'solution' | 'decidedBy', label: string, hint: string, value: string): TemplateResult {
    const id = `record-${name}`;
    const error = this.problems.find((problem) => problem.field === id)?.text;
    return html`
      <div class=${error === undefined ? 'nhsuk-form-group' : 'nhsuk-form-group nhsuk-form-group--error'}>
        <label class="nhsuk-label" for=${id}>${label}</label>
        <div class="nhsuk-hint" id=${`${id}-hint`}>${hint}</div>
        ${error === undefined ? nothing : html`<span class="nhsuk-error-message" id=${`${id}-error`}><span class="nhsuk-u-visually-hidden">Error:</span> ${error}</span>`}
        <input class=${error === undefined ? 'nhsuk-input' : 'nhsuk-input nhsuk-input--error'} id=${id} name=${name} maxlength="200" value=${value}
          aria-describedby=${`${id}-hint${error === undefined ? '' : ` ${id}-error`}`} aria-invalid=${error === undefined ? nothing : 'true'}>
      </div>`;
  }

  private status(value: string, label: string, checked: boolean): TemplateResult {
    const id = value === 'proposed' ? 'record-status' : `record-status-${value}`;
    return html`
      <div class="nhsuk-radios__item">
        <input class="nhsuk-radios__input" id=${id} name="status" type="radio" value=${value} ?checked=${checked}>
        <label class="nhsuk-label nhsuk-radios__label" for=${id}>${label}</label>
      </div>`;
  }

  private supersedes(): unknown {
    const items = (this.earlier.value?.items ?? []).filter((decision) => decision.status !== 'superseded');
    if (items.length === 0) return nothing;
    return html`
      <div class="nhsuk-form-group">
        <label class="nhsuk-label" for="record-supersedes">Supersedes (optional)</label>
        <select class="nhsuk-select" id="record-supersedes" name="supersedes">
          <option value="">No earlier decision</option>
          ${items.map(({ id, title, solution }) => html`<option value=${id}>${title}${solution === undefined ? '' : ` (${solution})`}</option>`)}
        </select>
      </div>`;
  }

  protected override render(): TemplateResult {
    return html`
      <section class="fp-panel" id="record" aria-labelledby="record-heading" tabindex="-1">
        <h2 class="nhsuk-heading-m" id="record-heading">Record this decision</h2>
        <fp-error-summary .entries=${this.problems}></fp-error-summary>
        <form novalidate @submit=${this.submit}>
          ${this.text('title', 'Title', 'What was decided, in a few words', `Use ${this.outcome}`)}
          ${this.text('solution', 'Solution (optional)', 'The solution it belongs to: its decisions are listed together', '')}
          ${this.text('decidedBy', 'Decided by (optional)', 'A name or a group', '')}
          <fieldset class="nhsuk-fieldset nhsuk-form-group">
            <legend class="nhsuk-fieldset__legend">Status</legend>
            <div class="nhsuk-radios nhsuk-radios--inline nhsuk-radios--small">${this.status('proposed', 'Proposed', true)}${this.status('accepted', 'Accepted', false)}</div>
          </fieldset>
          ${this.supersedes()}
          ${this.locked ? adminKeyField() : nothing}
          <div class="fp-actions">
            <button class="nhsuk-button" type="submit" aria-disabled=${this.busy ? 'true' : 'false'}>Record decision</button>
            <button class="nhsuk-button nhsuk-button--secondary" type="submit" value="adr" aria-disabled=${this.busy ? 'true' : 'false'}>Record and download ADR</button>
          </div>
        </form>
      </section>
    `;
  }
}

customElements.define('fp-record-form', RecordForm);
