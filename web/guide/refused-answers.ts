import { html, type TemplateResult } from 'lit';
import { ApiError } from '../data/http.ts';
import { addressProblems } from './address-problems.ts';

/** For an address whose answers the service does not accept; undefined where it failed for another reason. */
export const refusedAnswers = (error: unknown): TemplateResult | undefined => {
  if (!(error instanceof ApiError) || error.status !== 400) return undefined;
  const texts = addressProblems(error.entries.length === 0 ? [{ detail: error.message }] : error.entries);
  return html`
    <fp-error-summary .entries=${texts.map((text) => ({ text }))}></fp-error-summary>
    <h1 class="nhsuk-heading-l">These answers do not fit the tree</h1>
    <p class="nhsuk-body">The address of this page holds the answers, and the service does not accept them.</p>
    <a class="nhsuk-button" href="/guide">Start again</a>
  `;
};
