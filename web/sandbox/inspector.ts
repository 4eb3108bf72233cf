import { Task } from '@lit/task';
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { SandboxApi } from '../data/api.ts';
import type { Exchange, Half, Participant } from '../data/sandbox-types.ts';
import { failed, loading } from '../shell/states.ts';
import { hl7Text, isHl7, latin1Of } from './hl7-text.ts';
import { toneOf } from './journal.ts';
import { jsonTokens, prettyJson } from './json-tokens.ts';
import { titleOf } from './lanes.ts';

/** Colouring more than this costs more than it helps. */
const COLOURED = 200_000;

const bodyText = (body: string): unknown => {
  if (isHl7(body)) return hl7Text(body);
  const pretty = prettyJson(body);
  if (pretty === undefined || pretty.length > COLOURED) return pretty ?? body;
  return jsonTokens(pretty).map(({ kind, text }) =>
    kind === 'mark' ? text : html`<span class=${`fp-json--${kind}`}>${text}</span>`,
  );
};

const headers = (half: Half, side: string): unknown => {
  const entries = Object.entries(half.headers ?? {});
  if (entries.length === 0) return nothing;
  return html`
    <details class="nhsuk-details fp-headers" open>
      <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">${entries.length} ${side} header${entries.length === 1 ? '' : 's'}</span></summary>
      <dl>${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    </details>`;
};

const half = (title: string, side: string, value: Half | undefined, first: unknown): unknown => {
  if (value === undefined) return nothing;
  const { body: kept = '', size, truncated } = value;
  const decoded = value.encoding === 'base64' ? latin1Of(kept) : kept;
  const isMessage = value.encoding === 'base64' && isHl7(decoded);
  const body = isMessage ? decoded : kept;
  const encoding = isMessage ? '8859/1' : value.encoding;
  return html`
    <section class="fp-half" aria-label=${title}>
      <h3>${title}</h3>
      ${first}
      ${headers(value, side)}
      ${
        body === ''
          ? html`<p class="fp-quiet">No body</p>`
          : html`
            <div class="fp-half__bar"><span class="fp-quiet">${size ?? body.length} bytes${encoding === 'base64' || encoding === '8859/1' ? `, shown as ${encoding}` : ''}${truncated === true ? ', cut short' : ''}</span><fp-copy .text=${body} .what=${`${side} body`}></fp-copy></div>
            <pre class="fp-body" tabindex="0" role="region" aria-label=${`${title} body`}>${encoding === 'base64' ? body : bodyText(body)}</pre>`
      }
    </section>`;
};

/** One exchange with both halves, as they were on the wire. */
export class Inspector extends LitElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    participants: { attribute: false },
    exchange: { type: String },
    cursor: { type: String },
  };
  declare api: SandboxApi;
  declare participants: readonly Participant[];
  declare exchange: string | undefined;
  /** Of the version in the list: a reply that arrives while it is open is fetched. */
  declare cursor: string | undefined;

  private readonly task = new Task(this, {
    args: () => [this.exchange, this.cursor] as const,
    task: ([exchange]) => (exchange === undefined ? undefined : this.api.exchange(exchange)),
  });

  constructor() {
    super();
    this.participants = [];
  }

  protected override createRenderRoot(): this {
    return this;
  }

  private facts(exchange: Exchange): TemplateResult {
    const { milliseconds, realAt, operation, fault, note, kind } = exchange;
    const fact = (name: string, value: unknown): unknown =>
      value === undefined ? nothing : html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
    return html`
      <dl class="fp-facts">
        ${fact('Operation', operation)}
        ${fact('Sandbox time', exchange.at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'))}
        ${fact('Real time', realAt?.replace('T', ' ').replace(/Z$/, ' UTC'))}
        ${fact('Took', milliseconds === undefined ? undefined : `${Math.round(milliseconds * 10) / 10} ms`)}
        ${fact('Caller', exchange.claimed === true ? `${titleOf(this.participants, exchange.from)}, by its own word only` : undefined)}
        ${fact('Fault', fault)} ${fact('Note', note)} ${fact('Kind', kind === 'http' ? undefined : kind)}
      </dl>`;
  }

  private content(exchange: Exchange): TemplateResult {
    const { request, reply } = exchange;
    const [from, to] = [titleOf(this.participants, exchange.from), titleOf(this.participants, exchange.to)];
    return html`
      <div class="fp-inspector__head">
        <strong>${from} <span aria-hidden="true">→</span><span class="nhsuk-u-visually-hidden">to</span> ${to}</strong>
        ${reply?.status === undefined ? nothing : html`<span class=${`nhsuk-tag fp-tag--${toneOf(reply.status)}`}>${reply.status}</span>`}
      </div>
      ${exchange.summary === undefined ? nothing : html`<p class="fp-inspector__summary">${exchange.summary}</p>`}
      ${this.facts(exchange)}
      ${half('Request', 'request', request, request?.url === undefined ? nothing : html`<p class="fp-half__line"><b>${request.method}</b> ${request.url}</p>`)}
      ${half('Reply', 'reply', reply, reply?.status === undefined ? nothing : html`<p class="fp-half__line"><b>${reply.status}</b></p>`)}
    `;
  }

  protected override render(): unknown {
    if (this.exchange === undefined)
      return html`<p class="fp-journal__empty">Choose an exchange to see both of its messages, with headers and bodies.</p>`;
    const before = this.task.value;
    return this.task.render({
      initial: () => loading('the exchange'),
      pending: () =>
        before?.id === this.exchange && before !== undefined ? this.content(before) : loading('the exchange'),
      complete: (exchange) => (exchange === undefined ? nothing : this.content(exchange)),
      error: (error) => failed(error, () => this.task.run()),
    });
  }
}

customElements.define('fp-inspector', Inspector);
