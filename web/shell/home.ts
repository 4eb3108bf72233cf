import { Task, TaskStatus } from '@lit/task';
import { html, type TemplateResult } from 'lit';
import { listDecisions, listPatterns } from '../data/api.ts';
import { decisionRows } from '../decisions/decision-rows.ts';
import { liveFirst, patternCard } from '../patterns/pattern-card.ts';
import { hero } from './hero.ts';
import { Page } from './page.ts';
import { empty, failed, loading } from './states.ts';

const STEPS = [
  ['Decide', 'Answer up to seven questions. Each says what it means, with examples and considerations.'],
  ['Run', 'Start a sandbox of the pattern: real FHIR endpoints, and every message in view.'],
  ['Prove', 'Take a seat with your own system, break things on purpose, and check that you play your part.'],
] as const;

export class Home extends Page {
  private readonly patterns = new Task(this, { args: () => [], task: () => listPatterns() });
  private readonly decisions = new Task(this, { args: () => [this.place], task: () => listDecisions({ limit: 5 }) });

  protected override settled(): boolean {
    return this.patterns.status !== TaskStatus.INITIAL;
  }

  protected override render(): TemplateResult {
    return html`
      <section class="fp-welcome">
        <div>
          <h1 class="nhsuk-heading-xl">How should these two systems talk?</h1>
          <p class="nhsuk-body-l">Seven questions lead to one of six integration patterns for health and care. Then run it: a live sandbox with real endpoints, where you see every message.</p>
          <a class="nhsuk-button fp-start" href="/guide">Start the guide <span aria-hidden="true">→</span></a>
          <p class="nhsuk-body-s fp-quiet">No sign-in. Based on the NHS <cite>Integration Patterns Book</cite>.</p>
        </div>
        ${hero()}
      </section>
      <section aria-labelledby="how">
        <h2 class="nhsuk-u-visually-hidden" id="how">How it works</h2>
        <ol class="fp-steps">
          ${STEPS.map(([title, text]) => html`<li><h3 class="nhsuk-heading-s">${title}</h3><p class="nhsuk-body">${text}</p></li>`)}
        </ol>
      </section>
      <section aria-labelledby="patterns">
        <h2 class="nhsuk-heading-l" id="patterns">The six patterns</h2>
        ${this.patterns.render({
          initial: () => loading('the patterns'),
          pending: () => loading('the patterns'),
          error: (error) => failed(error, () => this.patterns.run()),
          complete: ({ items }) => html`<ul class="fp-cards">${liveFirst(items).map(patternCard)}</ul>`,
        })}
      </section>
      <section aria-labelledby="recent">
        <h2 class="nhsuk-heading-l" id="recent">Recent decisions</h2>
        ${this.decisions.render({
          initial: () => loading('decisions'),
          pending: () => loading('decisions'),
          error: (error) => failed(error, () => this.decisions.run()),
          complete: ({ items }) =>
            items.length === 0
              ? empty(
                  'No decision has been recorded yet',
                  'Take the guide to its end and record the outcome: it will be listed here.',
                )
              : html`${decisionRows(items)}<p class="nhsuk-body"><a href="/decisions">All decisions</a></p>`,
        })}
      </section>
    `;
  }
}

customElements.define('fp-home', Home);
