import { html, LitElement, nothing, type TemplateResult } from 'lit';

/** Copies a text and says so, to eyes and to a screen reader. */
export class CopyButton extends LitElement {
  static override properties = {
    text: { type: String },
    label: { type: String },
    what: { type: String },
    copied: { state: true },
  };
  declare text: string;
  declare label: string;
  /** What is copied, for a screen reader. */
  declare what: string;
  declare copied: 'no' | 'yes' | 'failed';

  constructor() {
    super();
    this.text = '';
    this.label = 'Copy';
    this.what = '';
    this.copied = 'no';
  }

  protected override createRenderRoot(): this {
    return this;
  }

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.text);
      this.copied = 'yes';
    } catch {
      this.copied = 'failed';
    }
    setTimeout(() => {
      this.copied = 'no';
    }, 2500);
  }

  protected override render(): TemplateResult {
    const said = { no: '', yes: `${this.what} copied`, failed: 'Copying was refused: select the text and copy it' }[
      this.copied
    ];
    return html`
      <button class="fp-small-button" type="button" @click=${this.copy}>${this.copied === 'yes' ? 'Copied ✓' : this.label}${this.label === 'Copy' ? html`<span class="nhsuk-u-visually-hidden"> ${this.what}</span>` : nothing}</button>
      <span class=${this.copied === 'failed' ? 'fp-quiet' : 'nhsuk-u-visually-hidden'} role="status">${said}</span>
    `;
  }
}

customElements.define('fp-copy', CopyButton);
