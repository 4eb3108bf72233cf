import { html, type TemplateResult } from 'lit';

/** Our mark: a post with two fingers. The name stands beside it, so it is decoration. */
export const signpost = (): TemplateResult => html`
  <svg class="fp-mark" viewBox="0 0 32 36" width="32" height="36" aria-hidden="true" focusable="false">
    <path class="fp-mark__post" d="M14.400 1.500a1.600 1.600 0 0 1 3.200 0V35h-3.200z"></path>
    <path class="fp-mark__finger" d="M4 5h18.500l6.500 5-6.500 5H4z"></path>
    <path class="fp-mark__back" d="M28 18.500H10.500L4 23.500l6.500 5H28z"></path>
  </svg>
`;
