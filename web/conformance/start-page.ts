import { Task, TaskStatus } from '@lit/task';
import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { listPatterns } from '../data/api.ts';
import type { PatternSummary } from '../data/api-types.ts';
import { startRun } from '../data/conformance-api.ts';
import { ApiError } from '../data/http.ts';
import { adminKey, keepAdminKey } from '../data/keys.ts';
import { adminKeyField } from '../shell/admin-key-field.ts';
import type { SummaryEntry } from '../shell/error-summary.ts';
import { navigate } from '../shell/navigation.ts';
import { Page } from '../shell/page.ts';
import { failedPage, loading } from '../shell/states.ts';
import { areaField, patternFields, textField } from './run-fields.ts';
import { readRun } from './run-request.ts';

const FIELDS = ['pattern', 'dialect', 'target', 'profile'] as const;

const entriesOf = (error: unknown): SummaryEntry[] => {
  if (!(error instanceof ApiError)) return [{ text: String(error) }];
  const entries = error.entries.length === 0 ? [{ detail: error.message, at: '' }] : error.entries;
  return entries.map(({ detail, at = '' }) => {
    const field = FIELDS.find((name) => at.replace(/^\//, '') === name);
    return field === undefined ? { text: detail } : { text: detail, field: `run-${field}` };
  });
};

/** *Check my system*: what is to be driven, and what the checks need to know of it. The address fills it in: `?pattern=&dialect=&target=`. */
export class CheckSystemPage extends Page {
  static override properties: PropertyDeclarations = {
    ...Page.properties,
    chosen: { state: true },
    problems: { state: true },
    locked: { state: true },
    busy: { state: true },
  };
  declare chosen: string | undefined;
  declare problems: readonly SummaryEntry[];
  declare locked: boolean;
  declare busy: boolean;
  private readonly task = new Task(this, {
    args: () => [] as const,
    task: async () => (await listPatterns()).items.filter(({ live, dialects }) => live && dialects.length > 0),
  });

  constructor() {
    super();
    this.problems = [];
    this.locked = false;
    this.busy = false;
  }

  protected override settled(): boolean {
    return this.task.status === TaskStatus.COMPLETE || this.task.status === TaskStatus.ERROR;
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy || !(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    if (form.has('admin-key')) keepAdminKey(String(form.get('admin-key')));
    const read = readRun(form);
    if ('problems' in read) {
      this.problems = read.problems;
      return;
    }
    this.busy = true;
    try {
      const { id } = await startRun(read.request, adminKey());
      navigate(`/conformance/${encodeURIComponent(id)}`);
    } catch (error) {
      this.locked = error instanceof ApiError && error.status === 401;
      this.problems = entriesOf(error);
    } finally {
      this.busy = false;
    }
  }

  private errorOf(field: string): string | undefined {
    return this.problems.find((problem) => problem.field === field)?.text;
  }

  private more(): TemplateResult {
    return html`
      <details class="nhsuk-details" ?open=${(this.errorOf('run-headers') ?? this.errorOf('run-profile')) !== undefined}>
        <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">What the checks should know of it</span></summary>
        <div class="nhsuk-details__text">
          ${textField({ name: 'authorization', label: 'Authorization', hint: 'Of every request, for instance Bearer and a token. It is shown in no report.', type: 'password' })}
          ${textField({ name: 'patient', label: 'Id of a patient', hint: 'One that can be read, and changed where you consent. A synthetic person.' })}
          ${textField({ name: 'slots', label: 'Ids of free slots', hint: 'Where booking is judged' })}
          ${areaField({ name: 'headers', label: 'Headers of every request', hint: html`One a line, as <code>NHSD-End-User-Organisation-ODS: Y12345</code>`, error: this.errorOf('run-headers') })}
          ${areaField({ name: 'profile', label: 'More of the profile, as JSON', hint: html`What some patterns need, as <code>{"ids": {"custodian": "Y12345"}}</code>, or a <code>record</code> that may be created`, error: this.errorOf('run-profile') })}
        </div>
      </details>`;
  }

  private form(patterns: readonly PatternSummary[]): TemplateResult {
    const { search } = this.place;
    const wanted = this.chosen ?? search.get('pattern');
    const pattern = patterns.find(({ id }) => id === wanted) ?? patterns[0];
    if (pattern === undefined) return html`<p class="nhsuk-body">No pattern can be checked here yet.</p>`;
    const choose = (event: Event): void => {
      if (event.target instanceof HTMLSelectElement) this.chosen = event.target.value;
    };
    return html`
      <form novalidate @submit=${this.submit}>
        ${patternFields({ patterns, pattern, dialect: search.get('dialect') ?? undefined, choose })}
        ${textField({ name: 'target', label: 'Address of your system', hint: 'Its base address, before /Patient; or mllp://host:port for HL7 v2. This service calls it from where it runs.', value: search.get('target') ?? '', type: 'url', error: this.errorOf('run-target') })}
        <div class="nhsuk-form-group">
          <div class="nhsuk-checkboxes__item">
            <input class="nhsuk-checkboxes__input" id="run-consent" name="consent" type="checkbox" value="yes" aria-describedby="run-consent-hint">
            <label class="nhsuk-label nhsuk-checkboxes__label" for="run-consent">The checks may write</label>
            <div class="nhsuk-hint nhsuk-checkboxes__hint" id="run-consent-hint">They create, change, book and delete. Without that only reading is judged. Never let them write where real records are.</div>
          </div>
        </div>
        <div class="nhsuk-form-group">
          <label class="nhsuk-label" for="run-level">It fails on</label>
          <select class="nhsuk-select" id="run-level" name="level">
            <option value="SHOULD">every requirement</option>
            <option value="SHALL">what is a SHALL only</option>
          </select>
        </div>
        ${this.more()}
        ${this.locked ? adminKeyField() : nothing}
        <button class="nhsuk-button" type="submit" aria-disabled=${this.busy ? 'true' : 'false'}>${this.busy ? 'Starting…' : 'Check my system'}</button>
      </form>`;
  }

  private content(patterns: readonly PatternSummary[]): TemplateResult {
    return html`
      <div class="fp-columns">
        <div class="fp-columns__main">
          <fp-error-summary .entries=${this.problems}></fp-error-summary>
          <h1 class="nhsuk-heading-xl">Check my system</h1>
          <p class="nhsuk-body-l">Sends your system the requests of a pattern, and judges each requirement by what it answers.</p>
          ${this.form(patterns)}
        </div>
        <aside class="fp-columns__side" aria-label="Other ways">
          <section class="fp-panel" aria-labelledby="asks">
            <h2 class="nhsuk-heading-s" id="asks">Your system is the one that asks?</h2>
            <p class="nhsuk-body">Run the pattern live, take a seat with it, let it work, and choose <b>Check</b> there.</p>
            <p class="nhsuk-body"><a href="/patterns">Choose a pattern to run</a></p>
          </section>
          <p class="nhsuk-body">A live NHS service is refused here. A report is kept for a day, and is not NHS assurance.</p>
        </aside>
      </div>`;
  }

  protected override render(): unknown {
    return this.task.render({
      initial: () => loading('the patterns'),
      pending: () => loading('the patterns'),
      complete: (patterns) => this.content(patterns),
      error: (error) => failedPage(error, 'form', () => this.task.run()),
    });
  }
}

customElements.define('fp-check-system-page', CheckSystemPage);
