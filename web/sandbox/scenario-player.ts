import { Task } from '@lit/task';
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { SandboxApi } from '../data/api.ts';
import { ApiError } from '../data/http.ts';
import type { Participant, Scenario, ScenarioRun, ScenarioStep } from '../data/sandbox-types.ts';
import { focusOn } from '../shell/focus-on.ts';
import { failed, loading } from '../shell/states.ts';
import { ExchangeOpened } from './journal.ts';
import { titleOf } from './lanes.ts';
import { createLessonNotes, type LessonNotes, noteRun, resultOf } from './lesson-notes.ts';

/** Said beside how far it is; that all went as it should is what everybody expects. */
const surprise = ({ steps }: ScenarioRun): string =>
  steps.some(({ outcome }) => outcome !== 'as-expected') ? ', not as expected' : '';

/** Plays lessons: narration, one step at a time or all that remain, and "your turn" where a seat is taken. */
export class ScenarioPlayer extends LitElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    participants: { attribute: false },
    notes: { attribute: false },
    refresh: { type: Number },
    scenarios: { state: true },
    said: { state: true },
    error: { state: true },
    busy: { state: true },
  };
  declare api: SandboxApi;
  declare participants: readonly Participant[];
  /** Kept by the page: this element is gone as soon as another tab is chosen. */
  declare notes: LessonNotes;
  /** Counts what was changed from elsewhere: another viewer may have played on. */
  declare refresh: number;
  declare scenarios: readonly Scenario[];
  declare said: string;
  declare error: string | undefined;
  declare busy: boolean;
  private readonly task = new Task(this, {
    args: () => [this.api, this.refresh, this.notes] as const,
    task: async ([api]) => {
      const { items } = await api.scenarios();
      this.scenarios = items;
    },
  });

  constructor() {
    super();
    this.scenarios = [];
    this.participants = [];
    this.notes = createLessonNotes();
    this.refresh = 0;
    this.said = '';
    this.busy = false;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  private async play(scenario: Scenario, step?: number): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.error = undefined;
    try {
      const run = await this.api.play(scenario.id, step);
      noteRun(this.notes, scenario.id, run);
      this.scenarios = this.scenarios.map((one) => (one.id === scenario.id ? { ...one, played: run.played } : one));
      const waiting =
        run.waitingFor === undefined ? '' : `. Now it is your turn, as ${titleOf(this.participants, run.waitingFor)}`;
      this.said = `${run.finished ? 'The lesson is finished' : `Played ${run.played} of ${scenario.steps.length}`}${surprise(run)}${waiting}`;
      const opened = run.steps.at(-1)?.exchanges.at(-1);
      if (opened !== undefined) this.dispatchEvent(new ExchangeOpened(opened));
      await this.updateComplete;
      // The button that was pressed is gone with the last step.
      if (run.finished) await focusOn(this, '.fp-said');
      this.querySelector('[aria-current=step], .fp-lesson li:last-child')?.scrollIntoView({ block: 'nearest' });
    } catch (error) {
      this.error = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }

  private choose(id: string | undefined): void {
    const left = this.notes.chosen;
    this.notes.chosen = id;
    this.said = '';
    this.error = undefined;
    this.requestUpdate();
    void focusOn(this, id === undefined ? `#lesson-${left}` : '#lesson');
  }

  /** Whether a step did not go as it is written. */
  private astray(scenario: Scenario): boolean {
    return scenario.steps.some((_, index) => resultOf(this.notes, scenario, index + 1)?.outcome === 'not-as-expected');
  }

  private step(step: ScenarioStep, number: number, scenario: Scenario): TemplateResult {
    const { played } = scenario;
    const result = resultOf(this.notes, scenario, number);
    const state = number <= played ? 'done' : number === played + 1 ? 'next' : 'later';
    return html`
      <li class=${`fp-lesson__step fp-lesson__step--${state}`} aria-current=${state === 'next' ? 'step' : nothing}>
        <b>${step.title}</b>${state === 'done' ? html` <span class="fp-quiet">(played)</span>` : nothing}
        ${step.yours === true ? html`<span class="nhsuk-tag fp-tag--warn">Your turn</span>` : html`<span class="fp-quiet">${titleOf(this.participants, step.turn)}</span>`}
        ${state === 'later' ? nothing : html`<p>${step.narration}</p>`}
        ${state === 'later' || step.expect === undefined ? nothing : html`<p class="fp-quiet">Look for: ${step.expect}</p>`}
        ${
          result === undefined
            ? nothing
            : html`<p><span class=${`nhsuk-tag ${result.outcome === 'as-expected' ? 'fp-tag--good' : 'fp-tag--bad'}`}>${result.outcome === 'as-expected' ? 'As expected' : 'Not as expected'}</span> ${result.detail ?? ''}
              ${result.exchanges.map((id, index) => html`<button class="fp-link-button" type="button" @click=${() => this.dispatchEvent(new ExchangeOpened(id))}>Exchange ${index + 1}<span class="nhsuk-u-visually-hidden"> of ${step.title}</span></button> `)}</p>`
        }
      </li>`;
  }

  private lesson(scenario: Scenario): TemplateResult {
    const { played, steps } = scenario;
    const finished = played >= steps.length;
    const yours = steps[played]?.yours === true;
    const disabled = this.busy ? 'true' : 'false';
    return html`
      <button class="fp-link-button" type="button" @click=${() => this.choose(undefined)}>All lessons</button>
      <h3 class="fp-tool__title" id="lesson" tabindex="-1">${scenario.title}</h3>
      <p class="fp-quiet">${scenario.summary}</p>
      <div class="fp-lesson__bar"><div class="fp-tools">
        ${
          finished
            ? html`<button class="fp-small-button fp-small-button--strong" type="button" aria-disabled=${disabled} @click=${() => this.play(scenario, 1)}>Play again from the start</button>`
            : html`
              <button class="fp-small-button fp-small-button--strong" type="button" aria-disabled=${disabled} @click=${() => this.play(scenario, played + 1)}>${yours ? 'I have done it' : played === 0 ? 'First step' : 'Next step'}</button>
              <button class="fp-small-button" type="button" aria-disabled=${disabled} @click=${() => this.play(scenario)}>Play all</button>
              ${played === 0 ? nothing : html`<button class="fp-small-button" type="button" aria-disabled=${disabled} @click=${() => this.play(scenario, 1)}>Start again</button>`}`
        }
      </div>
      <p class="fp-said" role="status" tabindex="-1">${this.said}</p></div>
      ${this.error === undefined ? nothing : html`<p class="nhsuk-error-message" role="alert">${this.error}</p>`}
      ${this.astray(scenario) ? html`<p class="fp-quiet">A lesson counts on the seeded state. What was played or changed before, and not put back, can be seen in it: Reset puts everything back.</p>` : nothing}
      <ol class="fp-lesson">${steps.map((step, index) => this.step(step, index + 1, scenario))}</ol>`;
  }

  private list(): TemplateResult {
    const scenario = this.scenarios.find((one) => one.id === this.notes.chosen);
    if (scenario !== undefined) return this.lesson(scenario);
    if (this.scenarios.length === 0)
      return html`<p class="fp-quiet">There is no lesson for this pattern in this dialect yet.</p>`;
    return html`
      <h3 class="fp-tool__title">Lessons</h3>
      <ul class="fp-lessons">
        ${this.scenarios.map(
          (one) => html`
            <li><button class="fp-link-button" id=${`lesson-${one.id}`} type="button" @click=${() => this.choose(one.id)}>${one.title}</button>
            <p class="fp-quiet">${one.summary} ${one.steps.length} steps${one.played === 0 ? '' : `, ${one.played} played`}.</p></li>`,
        )}
      </ul>`;
  }

  protected override render(): unknown {
    return this.task.render({
      initial: () => loading('lessons'),
      pending: () => (this.scenarios.length === 0 ? loading('lessons') : this.list()),
      error: (error) => failed(error, () => this.task.run()),
      complete: () => this.list(),
    });
  }
}

customElements.define('fp-scenarios', ScenarioPlayer);
