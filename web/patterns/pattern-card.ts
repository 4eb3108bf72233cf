import { html, type TemplateResult } from 'lit';
import type { PatternSummary } from '../data/api-types.ts';
import { breakable } from '../shell/breakable.ts';

export const patternCard = (pattern: PatternSummary): TemplateResult => html`
  <li class="fp-card">
    <h3 class="fp-card__title"><a href=${`/patterns/${pattern.id}`}>${breakable(pattern.title)}</a></h3>
    <p class="fp-card__text">${pattern.summary}</p>
    <p class="fp-card__foot">${pattern.live ? html`<strong class="nhsuk-tag fp-tag--good">Runs as a sandbox</strong>` : html`<span class="fp-quiet">Described, not yet runnable</span>`}</p>
  </li>
`;

/** What can be tried at once comes first. */
export const liveFirst = (patterns: readonly PatternSummary[]): PatternSummary[] =>
  patterns.toSorted((a, b) => Number(b.live) - Number(a.live));
