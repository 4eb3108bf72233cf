import { Task } from '@lit/task';
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { listEngines } from '../data/api.ts';
import type { Engine } from '../data/api-types.ts';

interface Choice {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly options: readonly Engine[];
}

const select = ({ id, name, label, options }: Choice): TemplateResult => html`
  <div class="nhsuk-form-group">
    <label class="nhsuk-label" for=${id}>${label}</label>
    <select class="nhsuk-select" id=${id} name=${name}>
      ${options.map((one) => html`<option value=${one.id}>${one.title}</option>`)}
    </select>
  </div>`;

const hidden = (name: string, value: string | undefined): unknown =>
  value === undefined ? nothing : html`<input type="hidden" name=${name} value=${value} />`;

/** *Download the project*: a form that the browser sends by itself; what comes is a file. What it can run on, the service says. */
export class TakeAwayForm extends LitElement {
  static override properties: PropertyDeclarations = {
    pattern: { type: String },
    decision: { type: String },
    dialect: { type: String },
    button: { type: String },
  };
  declare pattern: string;
  declare decision: string | undefined;
  /** Only this one; all that the pattern speaks unless told. */
  declare dialect: string | undefined;
  /** Classes of the button. */
  declare button: string;

  private readonly engines = new Task(this, { task: () => listEngines(), args: () => [] });

  constructor() {
    super();
    this.button = 'nhsuk-button';
  }

  protected override createRenderRoot(): this {
    return this;
  }

  protected override render(): TemplateResult {
    return html`
      <form method="get" action=${`/api/patterns/${encodeURIComponent(this.pattern)}/scaffold`}>
        ${hidden('decision', this.decision)}${hidden('dialect', this.dialect)}
        ${this.engines.render({
          pending: () => html`<p class="fp-quiet">Asking what it can run on …</p>`,
          error: () =>
            html`<p class="fp-quiet">What it can run on could not be asked: it keeps its data in a file, and carries its messages itself.</p>`,
          complete: ({ stores, brokers }) => html`
            ${select({ id: 'project-store', name: 'store', label: 'It keeps its data in', options: stores })}
            ${select({ id: 'project-broker', name: 'broker', label: 'Its messages are carried by', options: brokers })}`,
        })}
        <button class=${this.button} type="submit">Download the project</button>
      </form>`;
  }
}

customElements.define('fp-take-away-form', TakeAwayForm);
