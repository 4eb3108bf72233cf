import { html, type TemplateResult } from 'lit';
import type { FeedState } from './journal-feed.ts';

const WORDS: Readonly<Record<FeedState, string>> = {
  connecting: 'Connecting…',
  live: 'Live',
  interrupted: 'Interrupted, trying again…',
  closed: 'Not live: reload the page',
  gone: 'Gone: it was deleted, or has expired',
};

/** Whether what is shown is what is happening now. */
export const liveMark = (state: FeedState): TemplateResult =>
  html`<span class=${`fp-live fp-live--${state}`} role="status">${WORDS[state]}</span>`;
