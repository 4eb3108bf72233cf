import { html, nothing, type TemplateResult } from 'lit';
import type { Pattern } from '../data/api-types.ts';

const BASIS: Readonly<Record<string, string>> = {
  chapter: 'From the chapter',
  predecessor: 'From the book’s predecessor',
  api: 'From a real API',
  inference: 'Our inference',
};

const list = (items: readonly string[]): TemplateResult =>
  html`<ul class="nhsuk-list nhsuk-list--bullet">${items.map((item) => html`<li>${item}</li>`)}</ul>`;

export const whenToUse = ({ useWhen = [], avoidWhen = [] }: Pattern): unknown =>
  useWhen.length + avoidWhen.length === 0
    ? nothing
    : html`
      <div class="fp-when">
        <section class="fp-when__use"><h2 class="nhsuk-heading-m">Use it when</h2>${list(useWhen)}</section>
        <section class="fp-when__avoid"><h2 class="nhsuk-heading-m">Avoid it when</h2>${list(avoidWhen)}</section>
      </div>`;

export const diagram = (pattern: Pattern): unknown =>
  (pattern.interactions ?? []).length === 0
    ? nothing
    : html`
      <section aria-labelledby="how-it-works">
        <h2 class="nhsuk-heading-m" id="how-it-works">How it works</h2>
        <fp-sequence .participants=${pattern.participants ?? []} .interactions=${pattern.interactions ?? []} .name=${pattern.title}></fp-sequence>
      </section>`;

export const considerations = ({ considerations: items = [] }: Pattern): unknown =>
  items.length === 0
    ? nothing
    : html`
      <section aria-labelledby="considerations">
        <h2 class="nhsuk-heading-m" id="considerations">What to consider</h2>
        <dl class="fp-terms">
          ${items.map(({ title, text, basis }) => html`<div><dt>${title}</dt><dd>${text} <span class="fp-basis">${BASIS[basis] ?? basis}</span></dd></div>`)}
        </dl>
      </section>`;

export const participants = ({ participants: items = [] }: Pattern): unknown =>
  items.length === 0
    ? nothing
    : html`
      <section aria-labelledby="participants">
        <h2 class="nhsuk-heading-m" id="participants">Who takes part</h2>
        <dl class="fp-terms">${items.map(({ title, summary }) => html`<div><dt>${title}</dt><dd>${summary}</dd></div>`)}</dl>
      </section>`;

/** A source may be an address or the name of a document. */
const cite = (source: string): TemplateResult =>
  /^https:/.test(source) ? html`<a href=${source}>Source</a>` : html`<span class="fp-quiet">(${source})</span>`;

export const realServices = ({ realServices: items = [] }: Pattern): unknown =>
  items.length === 0
    ? nothing
    : html`
      <section aria-labelledby="services">
        <h2 class="nhsuk-heading-m" id="services">Real services that work like this</h2>
        <dl class="fp-terms">
          ${items.map(({ name, how, source }) => html`<div><dt>${name}</dt><dd>${how} ${cite(source)}</dd></div>`)}
        </dl>
      </section>`;

export const sources = ({ sources: items = [] }: Pattern): unknown =>
  items.length === 0
    ? nothing
    : html`
      <section aria-labelledby="sources">
        <h2 class="nhsuk-heading-m" id="sources">Sources</h2>
        <ul class="nhsuk-list nhsuk-list--bullet">
          ${items.map(({ title, note, url }) => html`<li>${url === undefined ? title : html`<a href=${url}>${title}</a>`}${note === undefined ? nothing : html` <span class="fp-quiet">${note}</span>`}</li>`)}
        </ul>
      </section>`;

const KINDS = { openapi: 'over HTTP: OpenAPI', asyncapi: 'messages: AsyncAPI' } as const;

export const contracts = ({ contracts: items = [] }: Pattern): unknown =>
  items.length === 0
    ? nothing
    : html`
      <section aria-labelledby="contracts">
        <h2 class="nhsuk-heading-m" id="contracts">Contracts</h2>
        <ul class="nhsuk-list nhsuk-list--bullet">
          ${items.map(({ kind, title, url }) => html`<li><a href=${url}>${title}</a> <span class="fp-quiet">${KINDS[kind]}</span></li>`)}
        </ul>
      </section>`;
