import { html, nothing, type TemplateResult } from 'lit';

const STORES = [
  ['sqlite', 'SQLite, a file'],
  ['postgres', 'PostgreSQL'],
] as const;

const BROKERS = [
  ['local', 'itself, in its own process'],
  ['amqp', 'RabbitMQ'],
  ['redis', 'Redis'],
] as const;

interface Choice {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [value: string, title: string])[];
}

const select = ({ id, name, label, options }: Choice): TemplateResult => html`
  <div class="nhsuk-form-group">
    <label class="nhsuk-label" for=${id}>${label}</label>
    <select class="nhsuk-select" id=${id} name=${name}>
      ${options.map(([value, title]) => html`<option value=${value}>${title}</option>`)}
    </select>
  </div>`;

const hidden = (name: string, value: string | undefined): unknown =>
  value === undefined ? nothing : html`<input type="hidden" name=${name} value=${value} />`;

/** What a project is made of beside the choices of the form. */
export interface TakeAway {
  readonly pattern: string;
  readonly decision?: string | undefined;
  /** Only this one; all that the pattern speaks unless told. */
  readonly dialect?: string;
}

/** *Download the project*: a form that the browser sends by itself; what comes is a file. */
export const takeAwayForm = ({ pattern, decision, dialect }: TakeAway, button = 'nhsuk-button'): TemplateResult => html`
  <form method="get" action=${`/api/patterns/${encodeURIComponent(pattern)}/scaffold`}>
    ${hidden('decision', decision)}${hidden('dialect', dialect)}
    ${select({ id: 'project-store', name: 'store', label: 'It keeps its data in', options: STORES })}
    ${select({ id: 'project-broker', name: 'broker', label: 'Its messages are carried by', options: BROKERS })}
    <button class=${button} type="submit">Download the project</button>
  </form>`;

export const takeAway = (what: TakeAway): TemplateResult => html`
  <section class="fp-panel" aria-labelledby="take-away">
    <h2 class="nhsuk-heading-s" id="take-away">Take it away</h2>
    <p class="nhsuk-body">The same code as a project of your own, with its tests${what.decision === undefined ? '' : ', this decision'} and the checks that judge it, as a zip.</p>
    ${takeAwayForm(what, 'nhsuk-button nhsuk-button--secondary')}
  </section>`;
