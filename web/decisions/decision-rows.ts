import { html, type TemplateResult } from 'lit';
import type { Decision } from '../data/api-types.ts';

const STATUS: Readonly<Record<Decision['status'], string>> = {
  proposed: 'fp-tag--warn',
  accepted: 'fp-tag--good',
  superseded: 'fp-tag--quiet',
};

export const statusTag = (status: Decision['status']): TemplateResult =>
  html`<strong class=${`nhsuk-tag ${STATUS[status]}`}>${status.charAt(0).toUpperCase()}${status.slice(1)}</strong>`;

export const day = (instant: string): string =>
  new Date(instant).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });

export const decisionRows = (items: readonly Decision[]): TemplateResult => html`
  <ul class="fp-rows">
    ${items.map(
      (decision) => html`
        <li class="fp-row">
          <div class="fp-row__main">
            <a class="fp-row__title" href=${`/decisions/${decision.id}`}>${decision.title}</a>
            <span class="fp-quiet">${decision.outcome.title}${decision.solution === undefined ? '' : ` · ${decision.solution}`} · <time datetime=${decision.recordedAt}>${day(decision.recordedAt)}</time></span>
          </div>
          ${statusTag(decision.status)}
        </li>
      `,
    )}
  </ul>
`;
