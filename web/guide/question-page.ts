import { Task, TaskStatus } from '@lit/task';
import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { evaluate, getGuide } from '../data/api.ts';
import type { Answer, Evaluation, Guide, Question, RouteStep } from '../data/api-types.ts';
import { ApiError } from '../data/http.ts';
import type { SummaryEntry } from '../shell/error-summary.ts';
import { navigate } from '../shell/navigation.ts';
import { Page } from '../shell/page.ts';
import { failed, loading } from '../shell/states.ts';
import type { Answered } from './answered.ts';
import { guideBasics } from './guide-basics.ts';
import { readState, withAnswer, writeState } from './guide-state.ts';
import { refusedAnswers } from './refused-answers.ts';

const NOT_CHOSEN = 'Select yes, no or not sure';

interface Loaded {
  readonly guide: Guide;
  readonly question: Question | undefined;
  readonly route: readonly RouteStep[];
  readonly href: string;
}

/** The next question of the guide; or with `at=` an earlier one again. Its answers are the query string. */
export class QuestionPage extends Page {
  static override properties: PropertyDeclarations = { problems: { state: true }, busy: { state: true } };
  declare problems: readonly SummaryEntry[];
  declare busy: boolean;
  private shown: Loaded | undefined = undefined;

  private readonly task = new Task(this, {
    args: () => [this.place.href] as const,
    task: async ([href]): Promise<Loaded> => {
      const state = readState(this.place.search);
      this.problems = [];
      const guide = await getGuide();
      const again = guide.questions.find((question) => question.id === state.at);
      const evaluation: Evaluation = await evaluate(state.answers, state.context);
      const loaded = { guide, question: again ?? evaluation.question, route: evaluation.route, href };
      if (loaded.question === undefined) navigate(`/guide/check${writeState({ ...state })}`, 'replace');
      this.shown = loaded;
      return loaded;
    },
  });

  constructor() {
    super();
    this.problems = [];
    this.busy = false;
  }

  protected override settled(): boolean {
    return this.task.status === TaskStatus.ERROR || this.shown?.href === this.place.href;
  }

  private async answer({ guide, question }: Loaded, answer: Answer): Promise<void> {
    if (question === undefined || this.busy) return;
    const next = withAnswer(guide, readState(this.place.search), question.id, answer);
    this.busy = true;
    try {
      const { question: open } = await evaluate(next.answers, next.context);
      navigate(`${open === undefined ? '/guide/check' : '/guide'}${writeState(next)}`);
    } catch (error) {
      const entries = error instanceof ApiError ? error.entries : [];
      const texts =
        entries.length === 0
          ? [String(error instanceof Error ? error.message : error)]
          : entries.map((entry) => entry.detail);
      this.problems = texts.map((text) => ({ text, field: 'answer-yes' }));
    } finally {
      this.busy = false;
    }
  }

  private back(loaded: Loaded): TemplateResult {
    const state = readState(this.place.search);
    const { answers, context, reasons } = state;
    if (state.at !== undefined) {
      return html`<a class="nhsuk-back-link" href=${`/guide/check${writeState({ answers, context, reasons })}`}>Check your answers</a>`;
    }
    const before = loaded.route.at(-1);
    if (before === undefined) return html`<a class="nhsuk-back-link" href="/">Home</a>`;
    return html`<a class="nhsuk-back-link" href=${`/guide${writeState({ ...state, at: before.question })}`}>Back</a>`;
  }

  private content(loaded: Loaded): unknown {
    const { guide, question } = loaded;
    if (question === undefined) return nothing;
    const state = readState(this.place.search);
    const error = this.problems[0]?.text;
    return html`
      ${this.back(loaded)}
      <fp-error-summary .entries=${this.problems}></fp-error-summary>
      <div class="fp-columns">
        <div class="fp-columns__main">
          ${keyed(
            loaded.href,
            html`<fp-question-form .question=${question} .answer=${state.answers[question.id]} .error=${error} .busy=${this.busy}
            @fp-answered=${(event: Answered) => this.answer(loaded, event.answer)}
            @fp-unanswered=${() => {
              this.problems = [{ text: NOT_CHOSEN, field: 'answer-yes' }];
            }}></fp-question-form>`,
          )}
          ${question.id === guide.start ? guideBasics(guide) : nothing}
        </div>
        <aside class="fp-columns__side" aria-label="Where you are in the tree">
          <fp-tree .guide=${guide} .state=${state} .current=${question.id}></fp-tree>
        </aside>
      </div>
    `;
  }

  protected override render(): unknown {
    return this.task.render({
      initial: () => loading('the guide'),
      pending: () => (this.shown === undefined ? loading('the guide') : this.content(this.shown)),
      complete: (loaded) => this.content(loaded),
      error: (error) =>
        refusedAnswers(error) ??
        html`<h1 class="nhsuk-heading-l">The guide</h1>${failed(error, () => this.task.run())}`,
    });
  }
}

customElements.define('fp-question-page', QuestionPage);
