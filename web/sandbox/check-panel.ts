import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { numbersOf } from '../conformance/report-view.ts';
import type { SandboxApi } from '../data/api.ts';
import type { PatternParticipant } from '../data/api-types.ts';
import { ApiError } from '../data/http.ts';
import type { CheckResult, Report, RequirementResult, Standing } from '../data/report-types.ts';
import type { Fault, Participant } from '../data/sandbox-types.ts';
import { describeEffect } from './fault-fields.ts';
import { ExchangeOpened } from './journal.ts';
import { titleOf } from './lanes.ts';
import { exchangeName, judged, notApplying, said, standingOf, summaryOf, TONES, WORDS } from './verdicts.ts';

/** What the page remembers of checking while other tabs are open. */
export interface CheckNotes {
  participant: string | undefined;
  report: Report | undefined;
}

export const createCheckNotes = (): CheckNotes => ({ participant: undefined, report: undefined });

/** Judges whoever has a seat by what it did here: verdicts, the exchanges behind them, and what would show the rest. */
export class CheckPanel extends LitElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    participants: { attribute: false },
    described: { attribute: false },
    notes: { attribute: false },
    said: { state: true },
    error: { state: true },
    busy: { state: true },
  };
  declare api: SandboxApi;
  declare participants: readonly Participant[];
  /** The pattern's participants, which say who starts something. */
  declare described: readonly PatternParticipant[];
  /** Kept by the page: this element is gone as soon as another tab is chosen. */
  declare notes: CheckNotes;
  declare said: string;
  declare error: string | undefined;
  declare busy: boolean;

  constructor() {
    super();
    this.participants = [];
    this.described = [];
    this.notes = createCheckNotes();
    this.said = '';
    this.busy = false;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  /** Whoever starts something, seats that somebody took first. */
  private get candidates(): readonly Participant[] {
    const starting = new Set(this.described.filter(({ starts = [] }) => starts.length > 0).map(({ name }) => name));
    return this.participants
      .filter(({ name }) => starting.has(name))
      .toSorted((a, b) => Number(b.mode === 'external') - Number(a.mode === 'external'));
  }

  private async attempt(action: () => Promise<string>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.error = undefined;
    try {
      this.said = await action();
    } catch (error) {
      this.said = '';
      this.error = error instanceof ApiError ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }

  private check(event: SubmitEvent): void {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const participant = new FormData(event.target).get('participant')?.toString() ?? '';
    this.notes.participant = participant;
    void this.attempt(async () => {
      const report = await this.api.judge(participant);
      this.notes.report = report;
      return `Checked: ${summaryOf(report)}`;
    });
  }

  private switchOn(fault: Fault): void {
    void this.attempt(async () => {
      const { items } = await this.api.faults();
      await this.api.setFaults([...items, fault]);
      return 'Fault switched on. Let your system send, then check again';
    });
  }

  private tag(standing: Standing): TemplateResult {
    return html`<span class=${`nhsuk-tag fp-tag--${TONES[standing]}`}>${WORDS[standing]}</span>`;
  }

  private stimulus({ stimulus, title }: CheckResult): unknown {
    const fault = stimulus?.fault;
    if (fault === undefined) return nothing;
    const what = `${titleOf(this.participants, fault.participant)} ${describeEffect(fault.effect)}`;
    return html`<button class="fp-small-button" type="button" aria-disabled=${this.busy ? 'true' : 'false'} @click=${() => this.switchOn(fault)}>⚡ Switch on: ${what}<span class="nhsuk-u-visually-hidden">, to see: ${title}</span></button>`;
  }

  private result(check: CheckResult, report: Report): TemplateResult {
    return html`
      <li>
        ${this.tag(standingOf(check))} <b>${check.title}</b>
        ${check.message === '' ? nothing : html`<p>${said(check)}</p>`}
        ${
          check.steps.length === 0
            ? nothing
            : html`<p>${check.steps.map((id) => html`<button class="fp-link-button" type="button" @click=${() => this.dispatchEvent(new ExchangeOpened(id, true))}>${exchangeName(report.exchanges, id)}</button> `)}</p>`
        }
        ${this.stimulus(check)}
      </li>`;
  }

  private requirement(one: RequirementResult, report: Report): TemplateResult {
    return html`
      <li class=${`fp-verdict fp-verdict--${TONES[standingOf(one)]}`}>
        <h4>${this.tag(standingOf(one))} ${one.id} <span class="fp-quiet">${one.level}</span></h4>
        <p>${one.statement}</p>
        <p class="fp-quiet">Source: ${one.source}</p>
        <ul>${one.checks.map((check) => this.result(check, report))}</ul>
      </li>`;
  }

  private report(report: Report): TemplateResult {
    const omitted = notApplying(report);
    return html`
      <h3 class="fp-tool__title">${titleOf(this.participants, report.participant ?? '')}: ${summaryOf(report)}</h3>
      ${numbersOf(report)}
      <ul class="fp-verdicts">${judged(report).map((one) => this.requirement(one, report))}</ul>
      ${
        omitted.length === 0
          ? nothing
          : html`<details class="nhsuk-details fp-act"><summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">${omitted.length} that do not apply here</span></summary>
            <ul class="fp-verdicts">${omitted.map((one) => html`<li class="fp-verdict"><b>${one.id}</b> ${one.statement}<p class="fp-quiet">Why: ${one.why ?? one.checks.map(({ message }) => message).join('; ')}.</p></li>`)}</ul></details>`
      }
      <p class="fp-quiet">${report.notice}</p>`;
  }

  /** Last of all: it goes as soon as somebody takes a seat, and must not move the button under a pointer that presses it. */
  private hint(): unknown {
    if (this.candidates.some(({ mode }) => mode === 'external')) return nothing;
    return html`<p class="fp-quiet">Nobody has taken a seat that starts something: take one under Participants, or check our own.</p>`;
  }

  protected override render(): TemplateResult {
    const { candidates } = this;
    const { participant, report } = this.notes;
    return html`
      <h3 class="fp-tool__title">Check</h3>
      <p class="fp-quiet">Judges a system by what it did in this sandbox.</p>
      <form class="fp-tools" @submit=${this.check}>
        <label class="nhsuk-label" for="check-participant">Who</label>
        <select class="nhsuk-select" id="check-participant" name="participant">
          ${candidates.map(({ name, title, mode }) => html`<option value=${name} ?selected=${name === participant}>${title} (${mode})</option>`)}
        </select>
        <button class="fp-small-button fp-small-button--strong" type="submit" aria-disabled=${this.busy ? 'true' : 'false'}>${report === undefined ? 'Check' : 'Check again'}</button>
      </form>
      <p class="fp-said" role="status">${this.said}</p>
      ${this.error === undefined ? nothing : html`<p class="nhsuk-error-message" role="alert">${this.error}</p>`}
      ${report === undefined ? this.hint() : this.report(report)}
    `;
  }
}

customElements.define('fp-check', CheckPanel);
