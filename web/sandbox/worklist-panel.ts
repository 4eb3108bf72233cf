import { Task } from '@lit/task';
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { SandboxApi } from '../data/api.ts';
import { ApiError } from '../data/http.ts';
import type { Participant, WorkChoice, WorkItem } from '../data/sandbox-types.ts';
import { focusOn } from '../shell/focus-on.ts';
import { failed, loading } from '../shell/states.ts';

/** New work shows by itself, but a busy sandbox is not asked at every exchange. */
const LOOK_MS = 500;

/** What waits for people: each item with what can be decided about it. */
export class WorklistPanel extends LitElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    participants: { attribute: false },
    refresh: { type: Number },
    version: { type: Number },
    look: { state: true },
    items: { state: true },
    error: { state: true },
    said: { state: true },
  };
  declare api: SandboxApi;
  declare participants: readonly Participant[];
  /** Counts what was changed from elsewhere, and what came in the journal. */
  declare refresh: number;
  declare version: number;
  declare look: number;
  declare items: readonly WorkItem[];
  declare error: string | undefined;
  declare said: string;
  private soon = 0;
  private readonly task = new Task(this, {
    args: () => [this.api, this.refresh, this.look] as const,
    task: async ([api]) => {
      const { items } = await api.worklist();
      this.items = items;
    },
  });

  constructor() {
    super();
    this.participants = [];
    this.refresh = 0;
    this.version = 0;
    this.look = 0;
    this.items = [];
    this.said = '';
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

  private async decide(item: WorkItem, choice: WorkChoice, text: string): Promise<void> {
    this.error = undefined;
    const more = choice.asks === undefined || text === '' ? {} : { [choice.asks.name]: text };
    try {
      await this.api.act(item.participant, choice.act, { ...choice.input, ...more });
      this.said = `${choice.title}: ${item.title}`;
      this.look += 1;
      // Another choice, or another item, would stand where it was pressed.
      await focusOn(this, 'h3');
    } catch (error) {
      this.error = error instanceof ApiError ? error.message : String(error);
    }
  }

  private submit(event: SubmitEvent, item: WorkItem): void {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement) || !(event.submitter instanceof HTMLButtonElement)) return;
    const choice = item.choices.find(({ act }) => act === event.submitter?.getAttribute('value'));
    const text = new FormData(event.target).get('text')?.toString().trim() ?? '';
    if (choice !== undefined) void this.decide(item, choice, text);
  }

  private item(item: WorkItem): TemplateResult {
    const asks = [...new Set(item.choices.flatMap(({ asks: asked }) => (asked === undefined ? [] : [asked.title])))];
    const field = `work-${item.id}`;
    const who = this.participants.find(({ name }) => name === item.participant)?.title ?? item.participant;
    return html`
      <li class="fp-work">
        <h4 class="fp-work__title">${item.title}</h4>
        <p><b>${item.state}</b> at the ${who.toLowerCase()}, since <time datetime=${item.since}>${item.since.slice(0, 16).replace('T', ' ')}</time></p>
        ${item.detail === undefined ? nothing : html`<p>${item.detail}</p>`}
        <form novalidate @submit=${(event: SubmitEvent) => this.submit(event, item)}>
          ${
            asks.length === 0
              ? nothing
              : html`<div class="fp-field"><label class="nhsuk-label" for=${field}>${asks.join(' or ')} (optional)</label>
                  <input class="nhsuk-input" id=${field} name="text" maxlength="500" autocomplete="off"></div>`
          }
          ${item.choices.map(
            ({ act, title }) =>
              html`<button class="fp-small-button" type="submit" value=${act}>${title}<span class="nhsuk-u-visually-hidden">: ${item.title}</span></button> `,
          )}
        </form>
      </li>`;
  }

  private list(): TemplateResult {
    if (this.items.length === 0)
      return html`<p class="fp-quiet">Nothing waits for anybody. A referral that is sent waits here until somebody decides.</p>`;
    return html`<ul class="fp-worklist">${repeat(
      this.items,
      ({ id }) => id,
      (item) => this.item(item),
    )}</ul>`;
  }

  protected override render(): TemplateResult {
    return html`
      <h3 class="fp-tool__title" tabindex="-1">Worklist</h3>
      ${this.task.render({
        initial: () => loading('worklist'),
        pending: () => (this.items.length === 0 ? loading('worklist') : this.list()),
        error: (error) => failed(error, () => this.task.run()),
        complete: () => this.list(),
      })}
      <p class="fp-said" role="status">${this.said}</p>
      ${this.error === undefined ? nothing : html`<p class="nhsuk-error-message" role="alert">${this.error}</p>`}
    `;
  }
}

customElements.define('fp-worklist', WorklistPanel);
