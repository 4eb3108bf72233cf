import { html, nothing, type TemplateResult } from 'lit';
import type { Guide, Remark } from '../data/api-types.ts';
import { basisTag } from './question-form.ts';

const fold = (title: string, content: unknown): TemplateResult => html`
  <details class="nhsuk-details">
    <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">${title}</span></summary>
    <div class="nhsuk-details__text">${content}</div>
  </details>`;

const list = (items: readonly Remark[]): TemplateResult =>
  html`<ul class="nhsuk-list nhsuk-list--bullet">${items.map((item) => html`<li>${item.text}${basisTag(item.basis)}</li>`)}</ul>`;

const texts = (items: readonly string[] = []): TemplateResult => list(items.map((text) => ({ text })));

const pair = (
  first: string,
  ones: readonly string[] | undefined,
  second: string,
  others: readonly string[] | undefined,
): TemplateResult => html`
  <h3 class="nhsuk-heading-s">${first}</h3>${texts(ones)}
  <h3 class="nhsuk-heading-s">${second}</h3>${texts(others)}`;

/** What the chapter says ahead of its questions; shown with the first one. */
export const guideBasics = (guide: Guide): TemplateResult => {
  const { introduction = [], scope, benefits, guidelines = [], needs, considerations, edition } = guide;
  const source = [edition.title, edition.chapter].filter((part) => part !== undefined).join(', ');
  return html`
    <section class="fp-basics" aria-labelledby="basics">
      <h2 class="nhsuk-heading-m" id="basics">Before you choose</h2>
      ${[...introduction, ...(scope === undefined ? [] : [scope])].map((text) => html`<p class="nhsuk-body">${text}</p>`)}
      ${benefits === undefined ? nothing : fold('What the right pattern brings', texts(benefits))}
      ${fold('General guidelines', list(guidelines.map(({ text = '', basis }) => (basis === undefined ? { text } : { text, basis }))))}
      ${needs === undefined ? nothing : fold('Whom integrations are for', pair('Clinicians need to', needs.clinicians, 'Citizens need to', needs.citizens))}
      ${considerations === undefined ? nothing : fold('Business and technical considerations', pair('Business', considerations.business, 'Technical', considerations.technical))}
      ${source === '' ? nothing : html`<p class="nhsuk-body-s fp-quiet">In our own words, after ${edition.url === undefined ? source : html`<a href=${edition.url}>${source}</a>`}${edition.edited === undefined ? nothing : `, last edited ${new Date(edition.edited).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })}`}.</p>`}
    </section>`;
};
