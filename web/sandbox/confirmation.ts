import { html, type TemplateResult } from 'lit';

/** Asks once more before something is done that cannot be undone; `verb` is what is done. */
export const confirmation = (text: string, verb: string, yes: () => unknown, no: () => unknown): TemplateResult =>
  html`<span class="fp-confirm" role="alert">${text}
    <button class="fp-small-button fp-small-button--danger" type="button" @click=${yes}>Yes, ${verb}</button>
    <button class="fp-small-button" type="button" @click=${no}>No</button></span>`;
