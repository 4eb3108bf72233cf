import { Task, TaskStatus } from '@lit/task';
import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { cancelRun, getRun, runEvents } from '../data/conformance-api.ts';
import type { Job, Progress } from '../data/conformance-types.ts';
import { adminKey } from '../data/keys.ts';
import { Page } from '../shell/page.ts';
import { failedPage, loading } from '../shell/states.ts';
import { wholeReport } from './report-view.ts';

const againAt = ({ pattern = '', dialect = '', target = '' }: Job): string =>
  `/conformance?${new URLSearchParams({ pattern, dialect, target })}`;

/** How long until a run whose events were refused is looked at again. */
const LOOK_AGAIN = 1_000;

/** One run: how far it is, as it happens; then its report. */
export class RunPage extends Page {
  static override properties: PropertyDeclarations = {
    ...Page.properties,
    progress: { state: true },
    error: { state: true },
    cancelling: { state: true },
  };
  declare progress: Progress | undefined;
  declare error: string | undefined;
  declare cancelling: boolean;
  private events: EventSource | undefined;
  private again = 0;
  private readonly task = new Task(this, {
    args: () => [this.place.params.id ?? ''] as const,
    task: async ([id]) => {
      this.leave();
      const job = await getRun(id);
      this.progress = job.progress;
      if (job.state === 'running' && this.isConnected) this.follow(id);
      return job;
    },
  });

  constructor() {
    super();
    this.cancelling = false;
  }

  override disconnectedCallback(): void {
    this.leave();
    super.disconnectedCallback();
  }

  private leave(): void {
    this.events?.close();
    window.clearTimeout(this.again);
  }

  protected override settled(): boolean {
    return this.task.status === TaskStatus.COMPLETE || this.task.status === TaskStatus.ERROR;
  }

  private follow(id: string): void {
    const events = runEvents(id);
    this.events = events;
    events.addEventListener('progress', ({ data }) => {
      const progress: Progress = JSON.parse(data);
      this.progress = progress;
    });
    events.addEventListener('ended', () => void this.task.run());
    // Cut off, the browser connects again by itself and is told how it is by then. Refused, it does not: then the run is read
    // again, or nobody would hear of its end.
    events.addEventListener('error', () => {
      if (events.readyState !== EventSource.CLOSED) return;
      this.again = window.setTimeout(() => void this.task.run(), LOOK_AGAIN);
    });
  }

  private async cancel(id: string): Promise<void> {
    if (this.cancelling) return;
    this.cancelling = true;
    this.error = undefined;
    try {
      await cancelRun(id, adminKey());
    } catch (error) {
      this.cancelling = false;
      this.error = error instanceof Error ? error.message : String(error);
    }
  }

  private running(job: Job): TemplateResult {
    const { percent = 0, requests = 0, check, step } = this.progress ?? {};
    const now = check === undefined ? (step ?? 'Starting') : `${check.requirement}: ${check.title}`;
    return html`
      <h1 class="nhsuk-heading-xl">Checking your system</h1>
      <p class="nhsuk-body-l fp-any">${job.target ?? ''}</p>
      <div class="fp-run fp-reading">
        <label class="nhsuk-label" for="run-progress">${percent} % of the steps that the checks ask for</label>
        <progress class="fp-run__bar" id="run-progress" max="100" value=${percent}>${percent} %</progress>
        <p class="nhsuk-body" role="status">Now: ${now}</p>
        <p class="nhsuk-body fp-quiet">${requests} ${requests === 1 ? 'request' : 'requests'} sent</p>
        ${this.error === undefined ? nothing : html`<p class="nhsuk-error-message" role="alert">${this.error}</p>`}
        <button class="nhsuk-button nhsuk-button--secondary" type="button" aria-disabled=${this.cancelling ? 'true' : 'false'} @click=${() => this.cancel(job.id)}>${this.cancelling ? 'Cancelling…' : 'Cancel'}</button>
      </div>`;
  }

  private ended(job: Job): TemplateResult {
    if (job.report !== undefined) return wholeReport(job.id, job.report);
    const cancelled = job.state === 'cancelled';
    return html`
      <h1 class="nhsuk-heading-xl">${cancelled ? 'The run was cancelled' : 'There is no report'}</h1>
      <p class="nhsuk-body-l fp-any">${cancelled ? 'What it had seen by then was thrown away.' : (job.error ?? '')}</p>`;
  }

  private content(job: Job): TemplateResult {
    return html`
      <a class="nhsuk-back-link" href=${againAt(job)}>${job.state === 'running' ? 'Check my system' : 'Check again'}</a>
      ${job.state === 'running' ? this.running(job) : this.ended(job)}`;
  }

  protected override render(): unknown {
    const before = this.task.value;
    return this.task.render({
      initial: () => loading('the run'),
      pending: () => (before === undefined ? loading('the run') : this.content(before)),
      complete: (job) => this.content(job),
      error: (error) => failedPage(error, 'report', () => this.task.run()),
    });
  }
}

customElements.define('fp-run-page', RunPage);
