import { html, LitElement, type TemplateResult } from 'lit';
import { createNavigation, rememberedScroll } from './navigation.ts';
import { PageReady } from './page.ts';
import { type PageName, type Place, placeOf } from './routes.ts';
import { signpost } from './signpost.ts';

const PAGES: Readonly<Record<PageName, (place: Place) => TemplateResult>> = {
  home: (place) => html`<fp-home .place=${place}></fp-home>`,
  question: (place) => html`<fp-question-page .place=${place}></fp-question-page>`,
  check: (place) => html`<fp-check-page .place=${place}></fp-check-page>`,
  outcome: (place) => html`<fp-outcome-page .place=${place}></fp-outcome-page>`,
  decisions: (place) => html`<fp-decisions-page .place=${place}></fp-decisions-page>`,
  decision: (place) => html`<fp-decision-page .place=${place}></fp-decision-page>`,
  patterns: (place) => html`<fp-patterns-page .place=${place}></fp-patterns-page>`,
  pattern: (place) => html`<fp-pattern-page .place=${place}></fp-pattern-page>`,
  sandbox: (place) => html`<fp-sandbox-page .place=${place}></fp-sandbox-page>`,
  hl7: (place) => html`<fp-hl7-page .place=${place}></fp-hl7-page>`,
  'check-system': (place) => html`<fp-check-system-page .place=${place}></fp-check-system-page>`,
  run: (place) => html`<fp-run-page .place=${place}></fp-run-page>`,
  'not-found': (place) => html`<fp-not-found .place=${place}></fp-not-found>`,
};

const NAVIGATION: readonly (readonly [href: string, label: string])[] = [
  ['/guide', 'Guide'],
  ['/patterns', 'Patterns'],
  ['/decisions', 'Decisions'],
  ['/conformance', 'Check'],
  ['/hl7', 'HL7 v2'],
];

/** Band, phase banner, the page, footer; and what has to happen when the page changes. */
export class App extends LitElement {
  static override properties = { place: { state: true } };
  declare place: Place;
  private arrival: 'load' | 'link' | 'history' | 'none' = 'load';
  private readonly navigation = createNavigation((how) => {
    this.arrival = how;
    this.place = placeOf(new URL(location.href));
  });

  constructor() {
    super();
    this.place = placeOf(new URL(location.href));
    this.addEventListener(PageReady.type, (event) => {
      if (event instanceof PageReady) this.settle(event.heading);
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.navigation.start();
  }

  override disconnectedCallback(): void {
    this.navigation.stop();
    super.disconnectedCallback();
  }

  protected override createRenderRoot(): this {
    return this;
  }

  /** On the first load the browser's own focus and scroll are left alone, except for a scroll to come back to. */
  private settle(heading: string): void {
    document.title = this.place.page === 'home' ? 'Fingerpost' : `${heading} – Fingerpost`;
    const { arrival } = this;
    this.arrival = 'none';
    if (arrival === 'link' || arrival === 'history') {
      const target = this.querySelector<HTMLElement>('h1');
      target?.setAttribute('tabindex', '-1');
      target?.focus({ preventScroll: true });
    }
    if (arrival === 'link') window.scrollTo(0, 0);
    if (arrival === 'history' || arrival === 'load') window.scrollTo(0, rememberedScroll());
  }

  protected override render(): TemplateResult {
    const { page, path } = this.place;
    const wide = page === 'sandbox' || page === 'hl7';
    const section = (href: string): string => (path === href || path.startsWith(`${href}/`) ? 'true' : 'false');
    return html`
      <a class="nhsuk-skip-link" href="#maincontent">Skip to main content</a>
      <header>
      <div class=${wide ? 'fp-band fp-band--wide' : 'fp-band'}>
        <div class="fp-band__inner">
          <a class="fp-band__name" href="/">${signpost()}<span>Fingerpost</span></a>
          <nav aria-label="Main">
            <ul class="fp-band__links">
              ${NAVIGATION.map(
                ([href, label]) => html`<li><a href=${href} aria-current=${section(href)}>${label}</a></li>`,
              )}
              <li><a href="/docs">API</a></li>
            </ul>
          </nav>
        </div>
      </div>
      <div class=${wide ? 'fp-phase fp-band--wide' : 'fp-phase'}><p class="fp-phase__inner"><strong class="nhsuk-tag">Demonstrator</strong> <span>Not an NHS service. Synthetic data only.</span></p></div>
      </header>
      <main class=${wide ? 'fp-main fp-main--wide' : 'fp-main'} id="maincontent" tabindex="-1">
        ${PAGES[page](this.place)}
      </main>
      <footer class="fp-footer">
        <div class=${wide ? 'fp-footer__inner fp-footer__inner--wide' : 'fp-footer__inner'}>
          <ul class="fp-footer__links">
            <li><a href="https://digital.nhs.uk/developer/guides-and-documentation">Source: NHS Integration Patterns Book, “Selecting an appropriate integration pattern”</a></li>
            <li><a href="/docs">API documentation</a></li>
            <li><a href="/api/guide/drawing?format=svg">The decision tree as a picture</a></li>
          </ul>
          <p>Fingerpost is open source (MIT). It is not made or endorsed by the NHS. Never put real patients’ data into it.</p>
        </div>
      </footer>
    `;
  }
}

customElements.define('fp-app', App);
