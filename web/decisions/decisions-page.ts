import { Task, TaskStatus } from '@lit/task';
import { html, type TemplateResult } from 'lit';
import { listDecisions } from '../data/api.ts';
import type { Decision } from '../data/api-types.ts';
import { navigate } from '../shell/navigation.ts';
import { Page } from '../shell/page.ts';
import { empty, failed, loading } from '../shell/states.ts';
import { decisionRows } from './decision-rows.ts';

const NO_SOLUTION = 'Not part of a named solution';

/** In the order in which each solution was last decided about. */
const bySolution = (items: readonly Decision[]): Map<string, Decision[]> =>
  Map.groupBy(items, (decision) => decision.solution ?? NO_SOLUTION);

export class DecisionsPage extends Page {
  private readonly task = new Task(this, {
    args: () => [this.place.search.get('solution') ?? '', this.place.search.get('after') ?? ''] as const,
    task: ([solution, after]) =>
      listDecisions({ limit: 100, ...(solution === '' ? {} : { solution }), ...(after === '' ? {} : { after }) }),
  });

  protected override settled(): boolean {
    return this.task.status === TaskStatus.COMPLETE || this.task.status === TaskStatus.ERROR;
  }

  private list(items: readonly Decision[], next: string | undefined): TemplateResult {
    if (items.length === 0) {
      const filtered = this.place.search.has('solution');
      return empty(
        filtered ? 'No decision about this solution' : 'No decision has been recorded yet',
        filtered
          ? html`<a href="/decisions">See all decisions</a>`
          : html`<a href="/guide">Take the guide to its end</a> and record the outcome.`,
      );
    }
    const more = new URLSearchParams(this.place.search);
    if (next !== undefined) more.set('after', next);
    return html`
      ${[...bySolution(items)].map(([solution, decisions]) => html`<section><h2 class="nhsuk-heading-m">${solution}</h2>${decisionRows(decisions)}</section>`)}
      ${next === undefined ? '' : html`<p class="nhsuk-body"><a href=${`/decisions?${more}`}>Older decisions</a></p>`}
    `;
  }

  protected override render(): TemplateResult {
    const filter = (event: SubmitEvent): void => {
      event.preventDefault();
      const value =
        event.target instanceof HTMLFormElement ? String(new FormData(event.target).get('solution')).trim() : '';
      navigate(value === '' ? '/decisions' : `/decisions?${new URLSearchParams({ solution: value })}`);
    };
    return html`
      <h1 class="nhsuk-heading-xl">Decisions</h1>
      <p class="nhsuk-body-l fp-reading">Which pattern, for what, and why. A decision is never changed: a newer one supersedes it.</p>
      <form class="fp-inline-form" role="search" @submit=${filter}>
        <label class="nhsuk-label" for="solution">Solution</label>
        <input class="nhsuk-input" id="solution" name="solution" autocomplete="off" .value=${this.place.search.get('solution') ?? ''}>
        <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="submit">Filter</button>
      </form>
      ${this.task.render({
        initial: () => loading('decisions'),
        pending: () => loading('decisions'),
        error: (error) => failed(error, () => this.task.run()),
        complete: ({ items, next }) => this.list(items, next),
      })}
    `;
  }
}

customElements.define('fp-decisions-page', DecisionsPage);
