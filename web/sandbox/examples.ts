import { html, nothing } from 'lit';
import type { Sandbox } from '../data/sandbox-types.ts';

/** Values that the seed put there, to copy into a request. */
export const examplesOf = ({ examples = [] }: Sandbox): unknown =>
  examples.length === 0
    ? nothing
    : html`
      <section class="fp-participant"><h3>Good to try</h3>
        ${examples.map(({ title, value, note }) => html`<div class="fp-copyable"><span class="fp-copyable__label">${title}</span><code>${value}</code><fp-copy .text=${value} .what=${title}></fp-copy>${note === undefined ? nothing : html`<span class="fp-quiet fp-copyable__note">${note}</span>`}</div>`)}
      </section>`;
