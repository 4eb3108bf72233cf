import { Task } from '@lit/task';
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { SandboxApi } from '../data/api.ts';
import { ApiError } from '../data/http.ts';
import type { MessageState, Queue, QueuedMessage } from '../data/sandbox-types.ts';
import { focusOn } from '../shell/focus-on.ts';
import { failed, loading } from '../shell/states.ts';
import { describeDepth, firstState, STATES } from './queue-words.ts';

export const QUEUE_CHANGED = 'fp-queue-changed';

/** One queue: how full it is, what is in it, and what is done about its dead letters. */
export class QueueView extends LitElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    queue: { attribute: false },
    chosen: { state: true },
    error: { state: true },
  };
  declare api: SandboxApi;
  declare queue: Queue;
  declare chosen: MessageState | undefined;
  declare error: string | undefined;
  private readonly task = new Task(this, {
    args: () => [this.api, this.queue, this.state] as const,
    task: async ([api, { name, depth }, state]) => (depth[state] === 0 ? [] : (await api.messages(name, state)).items),
  });

  protected override createRenderRoot(): this {
    return this;
  }

  private get state(): MessageState {
    return this.chosen ?? firstState(this.queue);
  }

  private async change(words: string, work: () => Promise<unknown>): Promise<void> {
    this.error = undefined;
    try {
      await work();
      this.dispatchEvent(new CustomEvent(QUEUE_CHANGED, { bubbles: true, detail: words }));
      // What was dealt with is gone with its buttons.
      await focusOn(this, 'h4');
    } catch (error) {
      this.error = error instanceof ApiError ? error.message : String(error);
    }
  }

  private replayAll(event: SubmitEvent): void {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const given = new FormData(event.target).get('headers')?.toString() ?? '';
    const dropped = given.split(/[\s,]+/).filter((name) => name !== '');
    void this.change(`Dead letters of ${this.queue.name} replayed`, () => this.api.replayAll(this.queue.name, dropped));
  }

  private letterButtons({ id }: QueuedMessage): TemplateResult {
    const { name } = this.queue;
    const button = (label: string, said: string, work: () => Promise<unknown>): TemplateResult =>
      html`<button class="fp-small-button" type="button" @click=${() => this.change(said, work)}>${label}<span class="nhsuk-u-visually-hidden"> the message ${id}</span></button> `;
    return html`${button('Replay', 'Message replayed', () => this.api.replay(name, id))}${button('Discard', 'Message discarded', () => this.api.discard(name, id))}`;
  }

  private message(message: QueuedMessage): TemplateResult {
    const { id, from, to, attempt, sentAt, reason, due, headers, body, contentType, claim } = message;
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const about = contentType === undefined ? lines : [...lines, `content-type: ${contentType}`];
    const shown = claim === undefined ? body : `(${claim.size} bytes in the blob store, ${claim.reference})`;
    return html`
      <li class="fp-work">
        <p><b>${from} → ${to}</b> <span class="fp-quiet">attempt ${attempt}, sent <time datetime=${sentAt}>${sentAt.slice(0, 19).replace('T', ' ')}</time>${due === undefined ? nothing : html`, due <time datetime=${due}>${due.slice(0, 19).replace('T', ' ')}</time>`}</span></p>
        ${reason === undefined ? nothing : html`<p>${reason}</p>`}
        <details class="nhsuk-details fp-act"><summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">What it says<span class="nhsuk-u-visually-hidden">: ${id}</span></span></summary>
          <pre class="fp-code" tabindex="0" role="region" aria-label=${`Message ${id}`}>${[...about, '', shown].join('\n')}</pre></details>
        ${message.state === 'dead' ? this.letterButtons(message) : nothing}
      </li>`;
  }

  private redrive(): TemplateResult {
    const field = `drop-${this.queue.consumer}`;
    return html`
      <form class="fp-line-form" novalidate @submit=${this.replayAll}>
        <label class="nhsuk-label" for=${field}>Headers to leave out (optional)</label>
        <div class="fp-tools"><input class="nhsuk-input" id=${field} name="headers" maxlength="500" autocomplete="off" spellcheck="false"><button class="fp-small-button fp-small-button--strong" type="submit">Replay all<span class="nhsuk-u-visually-hidden"> dead letters of ${this.queue.name}</span></button></div>
      </form>`;
  }

  private list(messages: readonly QueuedMessage[]): TemplateResult {
    if (messages.length === 0) return html`<p class="fp-quiet">Nothing is here in this state.</p>`;
    return html`<ul class="fp-worklist">${messages.map((message) => this.message(message))}</ul>`;
  }

  protected override render(): TemplateResult {
    const { name, consumer, depth } = this.queue;
    const field = `state-${consumer}`;
    return html`
      <h4 class="fp-tool__title" tabindex="-1">${name}</h4>
      <p class="fp-quiet">For ${this.queue.participant}: ${describeDepth(this.queue)}</p>
      <div class="fp-field"><label class="nhsuk-label" for=${field}>Show<span class="nhsuk-u-visually-hidden"> of ${name}</span></label>
        <select class="nhsuk-select" id=${field} @change=${(event: Event) => {
          const value = event.target instanceof HTMLSelectElement ? event.target.value : '';
          this.chosen = STATES.find(([state]) => state === value)?.[0];
        }}>${STATES.map(([state, label]) => html`<option value=${state} ?selected=${state === this.state}>${label} (${depth[state]})</option>`)}</select></div>
      ${this.task.render({
        initial: () => loading('messages'),
        pending: () => (this.task.value === undefined ? loading('messages') : this.list(this.task.value)),
        error: (error) => failed(error, () => this.task.run()),
        complete: (messages) => this.list(messages),
      })}
      ${this.state === 'dead' && depth.dead > 0 ? this.redrive() : nothing}
      ${this.error === undefined ? nothing : html`<p class="nhsuk-error-message" role="alert">${this.error}</p>`}
    `;
  }
}

customElements.define('fp-queue', QueueView);
