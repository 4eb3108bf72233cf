import { Task } from '@lit/task';
import { html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { SandboxApi } from '../data/api.ts';
import type { Queue } from '../data/sandbox-types.ts';
import { failed, loading } from '../shell/states.ts';
import { QUEUE_CHANGED } from './queue-view.ts';

/** What happens shows by itself, but a busy sandbox is not asked at every exchange. */
const LOOK_MS = 500;

/** The queues of a sandbox. */
export class QueuesPanel extends LitElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    version: { type: Number },
    look: { state: true },
    queues: { state: true },
    said: { state: true },
  };
  declare api: SandboxApi;
  /** Counts what came in the journal. */
  declare version: number;
  declare look: number;
  declare queues: readonly Queue[];
  declare said: string;
  private soon = 0;
  private readonly task = new Task(this, {
    args: () => [this.api, this.look] as const,
    task: async ([api]) => {
      const { items } = await api.queues();
      this.queues = items;
    },
  });

  constructor() {
    super();
    this.version = 0;
    this.look = 0;
    this.queues = [];
    this.said = '';
    this.addEventListener(QUEUE_CHANGED, (event) => {
      this.said = event instanceof CustomEvent ? String(event.detail) : '';
      this.look += 1;
    });
  }

  protected override createRenderRoot(): this {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.soon);
    this.soon = 0;
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('version') || this.soon !== 0) return;
    this.soon = window.setTimeout(() => {
      this.soon = 0;
      this.look += 1;
    }, LOOK_MS);
  }

  private list(): TemplateResult {
    return html`${this.queues.map((queue) => html`<fp-queue .api=${this.api} .queue=${queue}></fp-queue>`)}`;
  }

  protected override render(): TemplateResult {
    return html`
      <h3 class="fp-tool__title">Queues</h3>
      <p class="fp-said" role="status">${this.said}</p>
      ${this.task.render({
        initial: () => loading('queues'),
        pending: () => (this.queues.length === 0 ? loading('queues') : this.list()),
        error: (error) => failed(error, () => this.task.run()),
        complete: () => this.list(),
      })}
    `;
  }
}

customElements.define('fp-queues', QueuesPanel);
