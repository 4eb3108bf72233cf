import { LitElement, type PropertyDeclarations, type PropertyValues } from 'lit';
import type { Place } from './routes.ts';

/** Tells the app that a page shows what its URL asks for: then the title changes and focus moves to the heading. */
export class PageReady extends Event {
  static readonly type = 'fp-page-ready';
  readonly heading: string;

  constructor(heading: string) {
    super(PageReady.type, { bubbles: true });
    this.heading = heading;
  }
}

/** A page: light DOM, so that the styles of the design system apply, and one h1 once it is settled. */
export abstract class Page extends LitElement {
  static override properties: PropertyDeclarations = { place: { attribute: false } };
  declare place: Place;
  private announced: Place | undefined = undefined;

  /** Whether what is shown belongs to `place`. */
  protected abstract settled(): boolean;

  protected override createRenderRoot(): this {
    return this;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.announced === this.place || !this.settled()) return;
    this.announced = this.place;
    void this.announce();
  }

  /** The heading may be rendered by a child, which Lit does after its parent. */
  private async announce(): Promise<void> {
    const children = [...this.querySelectorAll('*')].filter((element) => element instanceof LitElement);
    await Promise.all(children.map((child) => child.updateComplete));
    const heading = this.querySelector('h1')?.textContent ?? '';
    this.dispatchEvent(new PageReady(heading.replace(/\s+/g, ' ').trim()));
  }
}
