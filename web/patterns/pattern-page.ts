import { Task, TaskStatus } from '@lit/task';
import { html, nothing, type TemplateResult } from 'lit';
import { getPattern } from '../data/api.ts';
import type { Pattern } from '../data/api-types.ts';
import { breakable } from '../shell/breakable.ts';
import { Page } from '../shell/page.ts';
import { failedPage, loading } from '../shell/states.ts';
import {
  considerations,
  contracts,
  diagram,
  participants,
  realServices,
  sources,
  whenToUse,
} from './pattern-sections.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const scenarios = ({ scenarios: items = [] }: Pattern): unknown =>
  items.length === 0
    ? nothing
    : html`
      <section aria-labelledby="scenarios">
        <h2 class="nhsuk-heading-m" id="scenarios">Lessons to play in its sandbox</h2>
        <dl class="fp-terms">${items.map((item) => html`<div><dt>${text(item.title)}</dt><dd>${text(item.summary)}</dd></div>`)}</dl>
      </section>`;

const requirements = ({ requirements: items = [] }: Pattern): unknown =>
  items.length === 0
    ? nothing
    : html`
      <details class="nhsuk-details">
        <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">${items.length} requirements that conformance checks judge</span></summary>
        <div class="nhsuk-details__text">
          <dl class="fp-terms">${items.map((item) => html`<div><dt><code>${text(item.id)}</code></dt><dd>${text(item.statement)}</dd></div>`)}</dl>
        </div>
      </details>`;

export class PatternPage extends Page {
  private readonly task = new Task(this, {
    args: () => [this.place.params.id ?? ''] as const,
    task: ([id]) => getPattern(id),
  });

  protected override settled(): boolean {
    return this.task.status === TaskStatus.COMPLETE || this.task.status === TaskStatus.ERROR;
  }

  private content(pattern: Pattern): TemplateResult {
    return html`
      <a class="nhsuk-back-link" href="/patterns">All patterns</a>
      <div class="fp-columns">
        <div class="fp-columns__main">
          <h1 class="nhsuk-heading-xl">${breakable(pattern.title)}</h1>
          <p class="nhsuk-body-l">${pattern.summary}</p>
          ${(pattern.description ?? []).map((paragraph) => html`<p class="nhsuk-body">${paragraph}</p>`)}
          ${whenToUse(pattern)} ${diagram(pattern)} ${participants(pattern)} ${considerations(pattern)}
          ${realServices(pattern)} ${scenarios(pattern)} ${contracts(pattern)} ${requirements(pattern)} ${sources(pattern)}
        </div>
        <aside class="fp-columns__side" aria-label="Actions">
          <fp-run-live .pattern=${pattern}></fp-run-live>
          <p class="nhsuk-body"><a href=${`/conformance?pattern=${pattern.id}`}>Check my system</a> against it</p>
          <p class="nhsuk-body"><a href="/guide">Does it fit? Ask the guide</a></p>
        </aside>
      </div>
    `;
  }

  protected override render(): unknown {
    return this.task.render({
      initial: () => loading('the pattern'),
      pending: () => loading('the pattern'),
      complete: (pattern) => this.content(pattern),
      error: (error) => failedPage(error, 'pattern', () => this.task.run()),
    });
  }
}

customElements.define('fp-pattern-page', PatternPage);
