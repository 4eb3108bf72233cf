import { html, nothing, type TemplateResult } from 'lit';
import type { Alternative, Evaluation, Guide, Warning } from '../data/api-types.ts';
import { type GuideState, isAnswer, withAnswer, writeState } from './guide-state.ts';
import { basisTag } from './question-form.ts';

/** Warnings never change an outcome; each may name a pattern to consider instead. */
export const warningList = (warnings: readonly Warning[]): unknown =>
  warnings.length === 0
    ? nothing
    : html`
      <section class="fp-warnings" aria-labelledby="warnings">
        <h2 class="nhsuk-heading-s" id="warnings">Warnings</h2>
        <ul class="nhsuk-list">
          ${warnings.map((warning) => html`<li>${warning.text}${basisTag(warning.basis)}${warning.pattern === undefined ? nothing : html` <a href=${`/patterns/${warning.pattern}`}>See that pattern</a>`}</li>`)}
        </ul>
      </section>`;

const wordOf = (answer: string): string => (answer === 'unsure' ? 'not sure' : answer);

const alternative = (guide: Guide, state: GuideState, item: Alternative): unknown => {
  const [question, answer] = Object.entries(item.change)[0] ?? [];
  if (question === undefined || answer === undefined || !isAnswer(answer)) return nothing;
  const query = writeState(withAnswer(guide, state, question, answer));
  const target =
    item.pattern === undefined
      ? html`<a href=${`/guide${query}`}>the question “${item.title ?? item.question}”</a>`
      : html`<a href=${`/guide/outcome${query}`}>${item.title ?? item.pattern}</a>`;
  return html`<li><span class="fp-flip"><b>${question}</b> ${wordOf(answer)}</span> <span>leads to ${target}</span></li>`;
};

export const alternatives = (guide: Guide, state: GuideState, items: readonly Alternative[]): unknown =>
  items.length === 0
    ? nothing
    : html`
      <section aria-labelledby="alternatives">
        <h2 class="nhsuk-heading-m" id="alternatives">What another answer would have led to</h2>
        <ul class="fp-alternatives">${items.map((item) => alternative(guide, state, item))}</ul>
      </section>`;

/** With answers that are not sure: what is still possible, and which answers would narrow it. */
export const openOutcomes = (guide: Guide, state: GuideState, evaluation: Evaluation): TemplateResult => {
  const titles = new Map(guide.outcomes.map((outcome) => [outcome.pattern, outcome.title]));
  const count = evaluation.outcomes?.length ?? 0;
  const settle = evaluation.settle ?? [];
  const names = (patterns: readonly string[] | undefined): string =>
    (patterns ?? []).map((pattern) => titles.get(pattern) ?? pattern).join(', or ') || 'nothing';
  return html`
    <h1 class="nhsuk-heading-xl">${count === 1 ? 'One pattern is possible, either way' : `${count} patterns are still possible`}</h1>
    <p class="nhsuk-body-l">You were not sure of everything. ${settle.length === 0 ? 'It makes no difference: every answer leads here.' : 'Here is what remains, and what would settle it.'}</p>
    ${warningList(evaluation.warnings)}
    <h2 class="nhsuk-heading-m">Still possible</h2>
    <ul class="fp-possible">
      ${(evaluation.outcomes ?? []).map(
        (outcome) => html`
        <li><h3 class="nhsuk-heading-s"><a href=${`/patterns/${outcome.pattern}`}>${outcome.title}</a></h3>
        <ul class="nhsuk-list nhsuk-list--bullet">${outcome.because.map((text) => html`<li>${text}</li>`)}</ul></li>`,
      )}
    </ul>
    ${
      settle.length === 0
        ? nothing
        : html`<h2 class="nhsuk-heading-m">What would settle it</h2>
    <ul class="fp-possible">
      ${settle.map(
        (item) => html`
        <li><h3 class="nhsuk-heading-s">${item.question} ${item.text}</h3>
        <p class="nhsuk-body">Yes leaves ${names(item.leads.yes)}.<br>No leaves ${names(item.leads.no)}.</p>
        <p class="nhsuk-body"><a href=${`/guide${writeState({ ...state, at: item.question })}`}>Answer ${item.question}</a></p></li>`,
      )}
    </ul>`
    }
  `;
};
