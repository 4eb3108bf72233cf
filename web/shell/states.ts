import { html, nothing, type TemplateResult } from 'lit';
import { ApiError } from '../data/http.ts';

/** The four states of everything that is loaded are designed: this is loading, nothing yet, and failed. */
export const loading = (what: string): TemplateResult => html`
  <div class="fp-state fp-loading" role="status">
    <span class="fp-loading__bar" aria-hidden="true"></span>
    <p class="nhsuk-body">Loading ${what}…</p>
  </div>
`;

export const empty = (title: string, text: unknown): TemplateResult => html`
  <div class="fp-state fp-empty">
    <h2 class="nhsuk-heading-s">${title}</h2>
    <p class="nhsuk-body">${text}</p>
  </div>
`;

const reasonOf = (error: unknown): { title: string; text: string; status: number } => {
  if (error instanceof ApiError) return { title: error.title, text: error.message, status: error.status };
  return { title: 'Something went wrong in this page', text: String(error), status: 0 };
};

/** A failure inside a page that has its own heading. */
export const failed = (error: unknown, retry?: () => void): TemplateResult => {
  const { title, text } = reasonOf(error);
  return html`
    <div class="fp-state fp-failed" role="alert">
      <h2 class="nhsuk-heading-s">${title}</h2>
      ${text === title ? nothing : html`<p class="nhsuk-body">${text}</p>`}
      ${retry === undefined ? nothing : html`<button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="button" @click=${retry}>Try again</button>`}
    </div>
  `;
};

/** A whole page that could not be had. */
export const failedPage = (error: unknown, what: string, retry: () => void): TemplateResult => {
  const { title, text, status } = reasonOf(error);
  const missing = status === 404;
  return html`
    <div class="fp-reading">
      <h1 class="nhsuk-heading-xl">${missing ? `There is no such ${what}` : `The ${what} cannot be shown`}</h1>
      <p class="nhsuk-body-l">${missing ? 'It may have been deleted, or the address may be mistyped.' : title}</p>
      ${text === title ? nothing : html`<p class="nhsuk-body">${text}</p>`}
      <div class="fp-actions">
        ${missing ? nothing : html`<button class="nhsuk-button" type="button" @click=${retry}>Try again</button>`}
        <a class="nhsuk-link" href="/">Go to the home page</a>
      </div>
    </div>
  `;
};
