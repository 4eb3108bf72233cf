import { Task, TaskStatus } from '@lit/task';
import { html, nothing, type TemplateResult } from 'lit';
import { evaluate, getGuide } from '../data/api.ts';
import type { Context, Evaluation, Guide, RouteStep } from '../data/api-types.ts';
import { navigate } from '../shell/navigation.ts';
import { Page } from '../shell/page.ts';
import { failedPage, loading } from '../shell/states.ts';
import { type GuideState, readState, writeState } from './guide-state.ts';
import { refusedAnswers } from './refused-answers.ts';

interface ContextQuestion {
  readonly name: string;
  readonly text: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly chosen: (context: Context) => string | undefined;
}

const word = (value: boolean | undefined): string | undefined =>
  value === undefined ? undefined : value ? 'yes' : 'no';
const YES_NO = [
  ['yes', 'Yes'],
  ['no', 'No'],
] as const;

const CONTEXT: readonly ContextQuestion[] = [
  {
    name: 'purpose',
    text: 'What is the information for?',
    options: [
      ['direct-care', 'Direct care'],
      ['secondary-use', 'Secondary use, such as planning or research'],
    ],
    chosen: (context) => context.purpose,
  },
  {
    name: 'available',
    text: 'Is the system that processes requests always available?',
    options: YES_NO,
    chosen: (context) => word(context.providerAlwaysAvailable),
  },
  { name: 'quick', text: 'Can it respond quickly?', options: YES_NO, chosen: (context) => word(context.quickResponse) },
  {
    name: 'human',
    text: 'Does a person have to act before a request is really done?',
    options: YES_NO,
    chosen: (context) => word(context.humanStep),
  },
  { name: 'batch', text: 'Is it to be done in batches?', options: YES_NO, chosen: (context) => word(context.batch) },
];

/** The state that the form's fields and the answers make together. */
const fromForm = (form: FormData, state: GuideState): GuideState => {
  const query = new URLSearchParams(Object.entries(state.answers));
  for (const [name, value] of form) if (typeof value === 'string' && value !== '') query.set(name, value);
  return readState(query);
};

/** Check your answers: every one with a link to change it, room for a reason, and the circumstances that may warn. */
export class CheckPage extends Page {
  private readonly task = new Task(this, {
    args: () => [this.place.href] as const,
    task: async () => {
      const state = readState(this.place.search);
      const [guide, evaluation] = await Promise.all([getGuide(), evaluate(state.answers, state.context)]);
      if (evaluation.question !== undefined) navigate(`/guide${writeState(state)}`, 'replace');
      return { guide, evaluation, state };
    },
  });

  protected override settled(): boolean {
    return this.task.status === TaskStatus.COMPLETE || this.task.status === TaskStatus.ERROR;
  }

  private step(step: RouteStep, state: GuideState): TemplateResult {
    const id = `why-${step.question}`;
    const reason = state.reasons[step.question] ?? '';
    return html`
      <div class="nhsuk-summary-list__row">
        <dt class="nhsuk-summary-list__key">${step.question} <span class="fp-quiet">${step.text}</span></dt>
        <dd class="nhsuk-summary-list__value">
          ${step.label ?? step.answer}
          <details class="nhsuk-details fp-why" ?open=${reason !== ''}>
            <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">${reason === '' ? 'Add a reason' : 'Reason'}<span class="nhsuk-u-visually-hidden"> for ${step.question}</span></span></summary>
            <div class="nhsuk-details__text">
              <label class="nhsuk-label" for=${id}>Why this answer to ${step.question}</label>
              <textarea class="nhsuk-textarea" id=${id} name=${`${step.question}.why`} rows="2" maxlength="2000" .value=${reason}></textarea>
            </div>
          </details>
        </dd>
        <dd class="nhsuk-summary-list__actions"><a href=${`/guide${writeState({ ...state, at: step.question })}`}>Change<span class="nhsuk-u-visually-hidden"> the answer to ${step.question}</span></a></dd>
      </div>`;
  }

  private circumstance(question: ContextQuestion, context: Context): TemplateResult {
    const chosen = question.chosen(context);
    const options: readonly (readonly [string, string])[] = [...question.options, ['', 'Not said']];
    return html`
      <fieldset class="nhsuk-fieldset nhsuk-form-group">
        <legend class="nhsuk-fieldset__legend">${question.text}</legend>
        <div class="nhsuk-radios nhsuk-radios--inline nhsuk-radios--small">
          ${options.map(([value, label]) => {
            const id = `${question.name}-${value === '' ? 'unsaid' : value}`;
            return html`
              <div class="nhsuk-radios__item">
                <input class="nhsuk-radios__input" id=${id} name=${question.name} type="radio" value=${value} .checked=${(chosen ?? '') === value}>
                <label class="nhsuk-label nhsuk-radios__label" for=${id}>${label}</label>
              </div>`;
          })}
        </div>
      </fieldset>`;
  }

  private content(guide: Guide, evaluation: Evaluation, state: GuideState): unknown {
    if (evaluation.question !== undefined) return loading('the next question');
    const submit = (event: SubmitEvent): void => {
      event.preventDefault();
      if (!(event.target instanceof HTMLFormElement)) return;
      const next = fromForm(new FormData(event.target), state);
      // Back from the outcome has to find what was entered here.
      navigate(`/guide/check${writeState(next)}`, 'replace');
      navigate(`/guide/outcome${writeState(next)}`);
    };
    const last = evaluation.route.at(-1);
    const circumstances = Object.keys(state.context).length > 0;
    return html`
      ${last === undefined ? nothing : html`<a class="nhsuk-back-link" href=${`/guide${writeState({ ...state, at: last.question })}`}>Back</a>`}
      <div class="fp-columns">
        <div class="fp-columns__main">
          <h1 class="nhsuk-heading-xl">Check your answers</h1>
          <form @submit=${submit}>
            <dl class="nhsuk-summary-list">${evaluation.route.map((step) => this.step(step, state))}</dl>
            <details class="nhsuk-details" ?open=${circumstances}>
              <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">Circumstances (optional)</span></summary>
              <div class="nhsuk-details__text">
                <p class="nhsuk-body">These never change the outcome. They may add a warning to it.</p>
                ${CONTEXT.map((question) => this.circumstance(question, state.context))}
              </div>
            </details>
            <button class="nhsuk-button" type="submit">See the outcome</button>
          </form>
        </div>
        <aside class="fp-columns__side" aria-label="Your route through the tree"><fp-tree .guide=${guide} .state=${state}></fp-tree></aside>
      </div>
    `;
  }

  protected override render(): unknown {
    return this.task.render({
      initial: () => loading('your answers'),
      pending: () => loading('your answers'),
      complete: ({ guide, evaluation, state }) => this.content(guide, evaluation, state),
      error: (error) => refusedAnswers(error) ?? failedPage(error, 'summary of your answers', () => this.task.run()),
    });
  }
}

customElements.define('fp-check-page', CheckPage);
