import { html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit';

export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly content: () => unknown;
}

/** Tabs as WAI-ARIA describes them: arrow keys move between them, and only the chosen panel is there. */
export class ToolTabs extends LitElement {
  static override properties: PropertyDeclarations = { tabs: { attribute: false }, chosen: { state: true } };
  declare tabs: readonly Tab[];
  declare chosen: string;

  constructor() {
    super();
    this.tabs = [];
    this.chosen = '';
  }

  protected override createRenderRoot(): this {
    return this;
  }

  private move(event: KeyboardEvent): void {
    const at = this.tabs.findIndex((tab) => tab.id === this.current?.id);
    const targets: Readonly<Record<string, number>> = {
      ArrowRight: (at + 1) % this.tabs.length,
      ArrowLeft: (at - 1 + this.tabs.length) % this.tabs.length,
      Home: 0,
      End: this.tabs.length - 1,
    };
    const target = this.tabs[targets[event.key] ?? -1];
    if (target === undefined) return;
    event.preventDefault();
    this.chosen = target.id;
    this.querySelector<HTMLElement>(`#tab-${target.id}`)?.focus();
  }

  private get current(): Tab | undefined {
    return this.tabs.find((tab) => tab.id === this.chosen) ?? this.tabs[0];
  }

  protected override render(): TemplateResult {
    const { current } = this;
    return html`
      <div class="fp-tabs" role="tablist" aria-label="Tools" @keydown=${this.move}>
        ${this.tabs.map(({ id, title }) => {
          const selected = id === current?.id;
          return html`<button type="button" role="tab" id=${`tab-${id}`} aria-selected=${selected ? 'true' : 'false'} aria-controls="tool-panel" tabindex=${selected ? '0' : '-1'} @click=${() => {
            this.chosen = id;
          }}>${title}</button>`;
        })}
      </div>
      <div class="fp-pane__body" id="tool-panel" role="tabpanel" aria-labelledby=${`tab-${current?.id ?? ''}`} tabindex="0">${current?.content()}</div>
    `;
  }
}

customElements.define('fp-tabs', ToolTabs);
