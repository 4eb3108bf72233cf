import { Task, TaskStatus } from '@lit/task';
import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { getDecision, getPattern } from '../data/api.ts';
import type { Decision, Pattern, RouteStep } from '../data/api-types.ts';
import { warningList } from '../guide/outcome-parts.ts';
import { takeAway } from '../patterns/take-away.ts';
import { Page } from '../shell/page.ts';
import { failed, failedPage, loading } from '../shell/states.ts';
import { day, statusTag } from './decision-rows.ts';
import { downloadAdr } from './download-adr.ts';

const answerRow = (decision: Decision, step: RouteStep): TemplateResult => {
  const reason = decision.reasons?.[step.question];
  return html`
    <div class="nhsuk-summary-list__row">
      <dt class="nhsuk-summary-list__key">${step.question} <span class="fp-quiet">${step.text}</span></dt>
      <dd class="nhsuk-summary-list__value">${step.label ?? step.answer}${reason === undefined ? nothing : html`<p class="fp-reason">Because: ${reason}</p>`}</dd>
    </div>`;
};

export class DecisionPage extends Page {
  static override properties: PropertyDeclarations = { problem: { state: true } };
  declare problem: unknown;
  private readonly task = new Task(this, {
    args: () => [this.place.params.id ?? ''] as const,
    task: async ([id]) => {
      const decision = await getDecision(id);
      return { decision, pattern: await getPattern(decision.outcome.pattern) };
    },
  });

  protected override settled(): boolean {
    return this.task.status === TaskStatus.COMPLETE || this.task.status === TaskStatus.ERROR;
  }

  private async download(decision: Decision): Promise<void> {
    this.problem = undefined;
    try {
      await downloadAdr(decision);
    } catch (error) {
      this.problem = error;
    }
  }

  private facts(decision: Decision): TemplateResult {
    const row = (key: string, value: unknown): TemplateResult =>
      html`<div class="nhsuk-summary-list__row"><dt class="nhsuk-summary-list__key">${key}</dt><dd class="nhsuk-summary-list__value">${value}</dd></div>`;
    const optional = (key: string, value: unknown): unknown => (value === undefined ? nothing : row(key, value));
    const link = (id: string | undefined): unknown =>
      id === undefined ? undefined : html`<a href=${`/decisions/${id}`}>${id}</a>`;
    return html`
      <dl class="nhsuk-summary-list">
        ${row('Status', statusTag(decision.status))}
        ${optional('Solution', decision.solution)}
        ${optional('Decided by', decision.decidedBy)}
        ${row('Recorded', html`<time datetime=${decision.recordedAt}>${day(decision.recordedAt)}</time>`)}
        ${optional('Supersedes', link(decision.supersedes))}
        ${optional('Superseded by', link(decision.supersededBy))}
        ${row('Pattern', html`<a href=${`/patterns/${decision.outcome.pattern}`}>${decision.outcome.title}</a>`)}
      </dl>`;
  }

  private content({ decision, pattern }: { decision: Decision; pattern: Pattern }): TemplateResult {
    const sandboxes = decision.sandboxes ?? [];
    return html`
      <a class="nhsuk-back-link" href="/decisions">All decisions</a>
      <div class="fp-columns">
        <div class="fp-columns__main">
          <h1 class="nhsuk-heading-xl">${decision.title}</h1>
          ${this.facts(decision)}
          <div class="fp-actions">
            <button class="nhsuk-button nhsuk-button--secondary" type="button" @click=${() => this.download(decision)}>Download ADR</button>
            <a class="nhsuk-link" href=${`/guide/outcome?${new URLSearchParams(Object.entries(decision.answers).sort())}`}>Open these answers in the guide</a>
          </div>
          ${this.problem === undefined ? nothing : failed(this.problem)}
          <h2 class="nhsuk-heading-m">Why</h2>
          <ul class="nhsuk-list nhsuk-list--bullet">${decision.outcome.because.map((text) => html`<li>${text}</li>`)}</ul>
          ${warningList(decision.warnings)}
          <h2 class="nhsuk-heading-m">Answers</h2>
          <dl class="nhsuk-summary-list">${decision.route.map((step) => answerRow(decision, step))}</dl>
          ${
            sandboxes.length === 0
              ? nothing
              : html`<h2 class="nhsuk-heading-m">Sandboxes made from it</h2><ul class="nhsuk-list">${sandboxes.map((id) => html`<li><a href=${`/sandboxes/${id}`}>${id}</a></li>`)}</ul>`
          }
        </div>
        <aside class="fp-columns__side" aria-label="Actions"><fp-run-live .pattern=${pattern} .decision=${decision.id}></fp-run-live>${pattern.live ? takeAway({ pattern: pattern.id, decision: decision.id }) : nothing}</aside>
      </div>
    `;
  }

  protected override render(): unknown {
    return this.task.render({
      initial: () => loading('the decision'),
      pending: () => loading('the decision'),
      complete: (loaded) => this.content(loaded),
      error: (error) => failedPage(error, 'decision', () => this.task.run()),
    });
  }
}

customElements.define('fp-decision-page', DecisionPage);
