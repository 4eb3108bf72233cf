import { Task, TaskStatus } from '@lit/task';
import { html, type TemplateResult } from 'lit';
import { listPatterns } from '../data/api.ts';
import { Page } from '../shell/page.ts';
import { failed, loading } from '../shell/states.ts';
import { liveFirst, patternCard } from './pattern-card.ts';

export class PatternsPage extends Page {
  private readonly task = new Task(this, { args: () => [], task: () => listPatterns() });

  protected override settled(): boolean {
    return this.task.status === TaskStatus.COMPLETE || this.task.status === TaskStatus.ERROR;
  }

  protected override render(): TemplateResult {
    return html`
      <h1 class="nhsuk-heading-xl">Six patterns</h1>
      <p class="nhsuk-body-l fp-reading">Ways in which two or more systems in health and care talk. They are meant to be combined.</p>
      <h2 class="nhsuk-u-visually-hidden">The catalogue</h2>
      ${this.task.render({
        initial: () => loading('the patterns'),
        pending: () => loading('the patterns'),
        error: (error) => failed(error, () => this.task.run()),
        complete: ({ items }) => html`<ul class="fp-cards">${liveFirst(items).map(patternCard)}</ul>`,
      })}
    `;
  }
}

customElements.define('fp-patterns-page', PatternsPage);
