import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Branch, Question, Remark } from '../data/api-types.ts';
import { Answered } from './answered.ts';

export const basisTag = (basis: string | undefined): unknown =>
  basis === undefined || basis === 'chapter'
    ? nothing
    : html` <span class="fp-basis">${basis === 'inference' ? 'Our inference' : basis}</span>`;

const remarks = (items: readonly Remark[]): TemplateResult =>
  html`<ul class="nhsuk-list nhsuk-list--bullet">${items.map((item) => html`<li>${item.text}${basisTag(item.basis)}</li>`)}</ul>`;

const wordOf = (answer: string): string => (answer === 'yes' ? 'Yes' : 'No');

/** One question: three radios with hints, the chapter's examples folded under each answer, and its considerations. */
export class QuestionForm extends LitElement {
  static override properties = {
    question: { attribute: false },
    answer: { type: String },
    error: { type: String },
    busy: { type: Boolean },
  };
  declare question: Question;
  declare answer: string | undefined;
  declare error: string | undefined;
  declare busy: boolean;

  constructor() {
    super();
    this.busy = false;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const chosen = event.target instanceof HTMLFormElement ? new FormData(event.target).get('answer') : null;
    if (chosen === 'yes' || chosen === 'no' || chosen === 'unsure') this.dispatchEvent(new Answered(chosen));
    else this.dispatchEvent(new Event('fp-unanswered'));
  }

  private radio(value: string, label: string, hint: string, below: unknown): TemplateResult {
    const id = `answer-${value}`;
    return html`
      <div class="nhsuk-radios__item">
        <input class="nhsuk-radios__input" id=${id} name="answer" type="radio" value=${value} .checked=${this.answer === value} aria-describedby=${hint === '' ? nothing : `${id}-hint`}>
        <label class="nhsuk-label nhsuk-radios__label" for=${id}>${label}</label>
        ${hint === '' ? nothing : html`<div class="nhsuk-hint nhsuk-radios__hint" id=${`${id}-hint`}>${hint}</div>`}
      </div>
      ${below}
    `;
  }

  private branch(value: 'yes' | 'no', branch: Branch): TemplateResult {
    // A branch may be labelled "Yes (proactive request)": the word is the label, what is in brackets the hint.
    const inner = /^(?:yes|no)\b[\s:,(–-]*(.*?)\)?$/i.exec(branch.label)?.[1] ?? branch.label;
    const hint = inner === '' ? '' : `${inner.charAt(0).toUpperCase()}${inner.slice(1)}`;
    const examples = branch.examples ?? [];
    const folded =
      examples.length === 0
        ? nothing
        : html`
          <details class="nhsuk-details fp-examples">
            <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">Examples of “${wordOf(value).toLowerCase()}”</span></summary>
            <div class="nhsuk-details__text">${remarks(examples)}</div>
          </details>`;
    return this.radio(value, wordOf(value), hint, folded);
  }

  protected override render(): TemplateResult {
    const { question } = this;
    const { yes, no } = question.answers;
    const help = question.help ?? [];
    const considerations = question.considerations ?? [];
    return html`
      <form novalidate @submit=${this.submit}>
        <div class=${this.error === undefined ? 'nhsuk-form-group' : 'nhsuk-form-group nhsuk-form-group--error'}>
          <fieldset class="nhsuk-fieldset" aria-describedby=${this.error === undefined ? nothing : 'answer-error'}>
            <legend class="nhsuk-fieldset__legend fp-question">
              <span class="nhsuk-caption-l">Question ${question.id.replace(/^Q/, '')}</span>
              <h1 class="nhsuk-heading-l">${question.text}</h1>
            </legend>
            ${help.map((text) => html`<p class="nhsuk-body fp-help">${text}</p>`)}
            ${this.error === undefined ? nothing : html`<span class="nhsuk-error-message" id="answer-error"><span class="nhsuk-u-visually-hidden">Error:</span> ${this.error}</span>`}
            <div class="nhsuk-radios">
              ${yes === undefined ? nothing : this.branch('yes', yes)}
              ${no === undefined ? nothing : this.branch('no', no)}
              ${this.radio('unsure', 'Not sure', 'You will see every pattern still possible and what would settle it', nothing)}
            </div>
          </fieldset>
        </div>
        ${
          considerations.length === 0
            ? nothing
            : html`<section class="nhsuk-inset-text fp-considerations"><h2 class="nhsuk-heading-s">Consider</h2>${remarks(considerations)}</section>`
        }
        <button class="nhsuk-button" type="submit" aria-disabled=${this.busy ? 'true' : 'false'}>Continue</button>
      </form>
    `;
  }
}

customElements.define('fp-question-form', QuestionForm);
