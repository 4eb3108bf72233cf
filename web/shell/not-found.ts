import { html, type TemplateResult } from 'lit';
import { Page } from './page.ts';

export class NotFound extends Page {
  protected override settled(): boolean {
    return true;
  }

  protected override render(): TemplateResult {
    return html`
      <div class="fp-reading">
        <h1 class="nhsuk-heading-xl">Page not found</h1>
        <p class="nhsuk-body-l">This finger points nowhere: there is no page at <code>${this.place.path}</code>.</p>
        <p class="nhsuk-body">If you typed the address, check it. If you followed a link, what it named may have been deleted or have expired.</p>
        <ul class="nhsuk-list">
          <li><a href="/guide">Start the guide</a></li>
          <li><a href="/patterns">See the six patterns</a></li>
          <li><a href="/decisions">See recorded decisions</a></li>
        </ul>
      </div>
    `;
  }
}

customElements.define('fp-not-found', NotFound);
