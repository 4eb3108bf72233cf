import { html, type TemplateResult } from 'lit';

/** What a project is made of beside the choices of the form. */
export interface TakeAway {
  readonly pattern: string;
  readonly decision?: string | undefined;
}

export const takeAway = ({ pattern, decision }: TakeAway): TemplateResult => html`
  <section class="fp-panel" aria-labelledby="take-away">
    <h2 class="nhsuk-heading-s" id="take-away">Take it away</h2>
    <p class="nhsuk-body">The same code as a project of your own, with its tests${decision === undefined ? '' : ', this decision'} and the checks that judge it, as a zip.</p>
    <fp-take-away-form .pattern=${pattern} .decision=${decision} button="nhsuk-button nhsuk-button--secondary"></fp-take-away-form>
  </section>`;
