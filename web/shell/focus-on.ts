import type { LitElement } from 'lit';

/**
 * Goes on at what `selector` names in `host` once that is drawn: a button that is gone with what it did leaves whoever uses
 * the keyboard at the top of the page.
 */
export const focusOn = async (host: LitElement, selector: string): Promise<void> => {
  await host.updateComplete;
  host.querySelector<HTMLElement>(selector)?.focus();
};
