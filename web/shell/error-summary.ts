import { html, LitElement, nothing, type TemplateResult } from 'lit';

export interface SummaryEntry {
  readonly text: string;
  /** The id of the field that it is about. */
  readonly field?: string;
}

/** The error summary of the NHS design system: takes the focus when it appears, and its links lead to the fields. */
export class ErrorSummary extends LitElement {
  static override properties = { entries: { attribute: false } };
  declare entries: readonly SummaryEntry[];

  constructor() {
    super();
    this.entries = [];
  }

  protected override createRenderRoot(): this {
    return this;
  }

  protected override updated(): void {
    if (this.entries.length > 0) this.querySelector<HTMLElement>('.nhsuk-error-summary')?.focus();
  }

  private jump(event: Event, field: string): void {
    const target = document.getElementById(field);
    if (target === null) return;
    event.preventDefault();
    target.focus();
    target.scrollIntoView({ block: 'center' });
  }

  protected override render(): unknown {
    if (this.entries.length === 0) return nothing;
    const entry = ({ text, field }: SummaryEntry): TemplateResult =>
      field === undefined
        ? html`<li>${text}</li>`
        : html`<li><a href=${`#${field}`} @click=${(event: Event) => this.jump(event, field)}>${text}</a></li>`;
    return html`
      <div class="nhsuk-error-summary" tabindex="-1">
        <div role="alert">
          <h2 class="nhsuk-error-summary__heading">There is a problem</h2>
          <div class="nhsuk-error-summary__body">
            <ul class="nhsuk-list nhsuk-error-summary__list">${this.entries.map(entry)}</ul>
          </div>
        </div>
      </div>
    `;
  }
}

customElements.define('fp-error-summary', ErrorSummary);
