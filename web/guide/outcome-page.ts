import { Task, TaskStatus } from '@lit/task';
import { html, type TemplateResult } from 'lit';
import { evaluate, getGuide, getPattern } from '../data/api.ts';
import type { Evaluation, Guide, Outcome, Pattern } from '../data/api-types.ts';
import { considerations, diagram, realServices, sources, whenToUse } from '../patterns/pattern-sections.ts';
import { takeAway } from '../patterns/take-away.ts';
import { breakable } from '../shell/breakable.ts';
import { navigate } from '../shell/navigation.ts';
import { Page } from '../shell/page.ts';
import { failedPage, loading } from '../shell/states.ts';
import { type GuideState, knownAnswers, readState, writeState } from './guide-state.ts';
import { alternatives, openOutcomes, warningList } from './outcome-parts.ts';
import { refusedAnswers } from './refused-answers.ts';

interface Loaded {
  readonly guide: Guide;
  readonly evaluation: Evaluation;
  readonly state: GuideState;
  readonly pattern: Pattern | undefined;
}

/** Where the answers lead: the pattern, why, and what to do with it; or all that is still possible. */
export class OutcomePage extends Page {
  private readonly task = new Task(this, {
    args: () => [this.place.href] as const,
    task: async (): Promise<Loaded> => {
      const state = readState(this.place.search);
      const [guide, evaluation] = await Promise.all([getGuide(), evaluate(state.answers, state.context)]);
      if (evaluation.question !== undefined) navigate(`/guide${writeState(state)}`, 'replace');
      const { outcome } = evaluation;
      return {
        guide,
        evaluation,
        state,
        pattern: outcome === undefined ? undefined : await getPattern(outcome.pattern),
      };
    },
  });

  protected override settled(): boolean {
    return this.task.status === TaskStatus.COMPLETE || this.task.status === TaskStatus.ERROR;
  }

  private found({ guide, evaluation, state }: Loaded, outcome: Outcome, pattern: Pattern): TemplateResult {
    return html`
      <span class="nhsuk-caption-xl">Your outcome</span>
      <h1 class="nhsuk-heading-xl">${breakable(outcome.title)}</h1>
      <p class="nhsuk-body-l">${pattern.summary}</p>
      ${warningList(evaluation.warnings)}
      <section aria-labelledby="why">
        <h2 class="nhsuk-heading-m" id="why">Why</h2>
        <ul class="nhsuk-list nhsuk-list--bullet">${outcome.because.map((text) => html`<li>${text}</li>`)}</ul>
      </section>
      ${diagram(pattern)} ${whenToUse(pattern)} ${considerations(pattern)}
      ${alternatives(guide, state, evaluation.alternatives ?? [])}
      <fp-record-form .answers=${knownAnswers(state.answers)} .context=${state.context} .reasons=${state.reasons} .outcome=${outcome.title}></fp-record-form>
      ${realServices(pattern)} ${sources(pattern)}
    `;
  }

  private content(loaded: Loaded): unknown {
    const { guide, evaluation, state, pattern } = loaded;
    if (evaluation.question !== undefined) return loading('the next question');
    const main =
      evaluation.outcome === undefined || pattern === undefined
        ? openOutcomes(guide, state, evaluation)
        : this.found(loaded, evaluation.outcome, pattern);
    return html`
      <a class="nhsuk-back-link" href=${`/guide/check${writeState(state)}`}>Check your answers</a>
      <div class="fp-columns">
        <div class="fp-columns__main">${main}</div>
        <aside class="fp-columns__side fp-columns__side--long" aria-label="Actions and your route">
          ${pattern === undefined ? '' : html`<fp-run-live .pattern=${pattern}></fp-run-live><p class="fp-jump"><a href="#record">Record this decision</a>, with an ADR to download</p><p class="fp-jump"><a href=${`/conformance?pattern=${pattern.id}`}>Check my system</a> against this pattern</p>${pattern.live ? takeAway({ pattern: pattern.id }) : ''}`}
          <fp-tree .guide=${guide} .state=${state}></fp-tree>
        </aside>
      </div>
    `;
  }

  protected override render(): unknown {
    return this.task.render({
      initial: () => loading('the outcome'),
      pending: () => loading('the outcome'),
      complete: (loaded) => this.content(loaded),
      error: (error) => refusedAnswers(error) ?? failedPage(error, 'outcome', () => this.task.run()),
    });
  }
}

customElements.define('fp-outcome-page', OutcomePage);
