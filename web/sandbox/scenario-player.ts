import { Task } from '@lit/task';
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { SandboxApi } from '../data/api.ts';
import { ApiError } from '../data/http.ts';
import type { PlayedStep, Scenario, ScenarioStep } from '../data/sandbox-types.ts';
import { failed, loading } from '../shell/states.ts';
import { ExchangeOpened } from './journal.ts';

/** Plays lessons: narration, one step at a time or all that remain, and "your turn" where a seat is taken. */
export class ScenarioPlayer extends LitElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    scenarios: { state: true },
    chosen: { state: true },
    results: { state: true },
    said: { state: true },
    error: { state: true },
    busy: { state: true },
  };
  declare api: SandboxApi;
  declare scenarios: readonly Scenario[];
  declare chosen: string | undefined;
  declare results: ReadonlyMap<number, PlayedStep>;
  declare said: string;
  declare error: string | undefined;
  declare busy: boolean;
  private readonly task = new Task(this, {
    args: () => [this.api] as const,
    task: async ([api]) => {
      const { items } = await api.scenarios();
      this.scenarios = items;
    },
  });

  constructor() {
    super();
    this.scenarios = [];
    this.results = new Map();
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
      const results = step === 1 ? new Map<number, PlayedStep>() : new Map(this.results);
      for (const played of run.steps) results.set(played.step, played);
      this.results = results;
      this.scenarios = this.scenarios.map((one) => (one.id === scenario.id ? { ...one, played: run.played } : one));
      const waiting = run.waitingFor === undefined ? '' : `. Now it is your turn, as ${run.waitingFor}`;
      this.said = run.finished
        ? 'The lesson is finished'
        : `Played ${run.played} of ${scenario.steps.length}${waiting}`;
      const opened = run.steps.at(-1)?.exchanges.at(-1);
      if (opened !== undefined) this.dispatchEvent(new ExchangeOpened(opened));
    } catch (error) {
      this.error = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }

  private step(step: ScenarioStep, number: number, played: number): TemplateResult {
    const result = this.results.get(number);
    const state = number <= played ? 'done' : number === played + 1 ? 'next' : 'later';
    return html`
      <li class=${`fp-lesson__step fp-lesson__step--${state}`} aria-current=${state === 'next' ? 'step' : nothing}>
        <b>${step.title}</b>${state === 'done' ? html` <span class="fp-quiet">(played)</span>` : nothing}
        ${step.yours === true ? html`<span class="nhsuk-tag fp-tag--warn">Your turn</span>` : html`<span class="fp-quiet">${step.turn}</span>`}
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
      <button class="fp-link-button" type="button" @click=${() => {
        this.chosen = undefined;
      }}>All lessons</button>
      <h3 class="fp-tool__title">${scenario.title}</h3>
      <p class="fp-quiet">${scenario.summary}</p>
      <div class="fp-tools">
        ${
          finished
            ? html`<button class="fp-small-button fp-small-button--strong" type="button" aria-disabled=${disabled} @click=${() => this.play(scenario, 1)}>Play again from the start</button>`
            : html`
              <button class="fp-small-button fp-small-button--strong" type="button" aria-disabled=${disabled} @click=${() => this.play(scenario, played + 1)}>${yours ? 'I have done it' : played === 0 ? 'First step' : 'Next step'}</button>
              <button class="fp-small-button" type="button" aria-disabled=${disabled} @click=${() => this.play(scenario)}>Play all</button>
              ${played === 0 ? nothing : html`<button class="fp-small-button" type="button" aria-disabled=${disabled} @click=${() => this.play(scenario, 1)}>Start again</button>`}`
        }
      </div>
      <p class="fp-said" role="status">${this.said}</p>
      ${this.error === undefined ? nothing : html`<p class="nhsuk-error-message" role="alert">${this.error}</p>`}
      <ol class="fp-lesson">${steps.map((step, index) => this.step(step, index + 1, played))}</ol>`;
  }

  private list(): TemplateResult {
    const scenario = this.scenarios.find((one) => one.id === this.chosen);
    if (scenario !== undefined) return this.lesson(scenario);
    if (this.scenarios.length === 0)
      return html`<p class="fp-quiet">There is no lesson for this pattern in this dialect yet.</p>`;
    const choose = (id: string): void => {
      this.chosen = id;
      this.results = new Map();
      this.said = '';
    };
    return html`
      <h3 class="fp-tool__title">Lessons</h3>
      <ul class="fp-lessons">
        ${this.scenarios.map(
          (one) => html`
            <li><button class="fp-link-button" type="button" @click=${() => choose(one.id)}>${one.title}</button>
            <p class="fp-quiet">${one.summary} ${one.steps.length} steps${one.played === 0 ? '' : `, ${one.played} played`}.</p></li>`,
        )}
      </ul>`;
  }

  protected override render(): unknown {
    return this.task.render({
      initial: () => loading('lessons'),
      pending: () => loading('lessons'),
      error: (error) => failed(error, () => this.task.run()),
      complete: () => this.list(),
    });
  }
}

customElements.define('fp-scenarios', ScenarioPlayer);
