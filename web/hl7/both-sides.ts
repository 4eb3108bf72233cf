import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { type Link, Links } from './links.ts';
import { messagePieces, type Piece } from './message-pieces.ts';
import { type ElementRow, type ResourceRows, resourceRows } from './resource-rows.ts';

/** What is chosen: a place of the message, or an element. */
type Chosen = { readonly place: string } | { readonly key: string } | undefined;

/** A message and a Bundle side by side: choosing a value lights up what it became, or what it came from. */
export class BothSides extends LitElement {
  static override properties = {
    message: { type: String },
    resources: { attribute: false },
    links: { attribute: false },
    unused: { attribute: false },
    chosen: { state: true },
  };
  declare message: string;
  /** A Bundle, or one resource. */
  declare resources: unknown;
  declare links: readonly Link[];
  /** Places and keys of elements that nothing was made of. */
  declare unused: ReadonlySet<string>;
  declare chosen: Chosen;
  private table = new Links([]);
  private entries: readonly ResourceRows[] = [];
  private keys: readonly string[] = [];

  constructor() {
    super();
    this.message = '';
    this.links = [];
    this.unused = new Set();
  }

  protected override createRenderRoot(): this {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('resources') && !changed.has('links') && !changed.has('message')) return;
    this.table = new Links(this.links);
    this.entries = resourceRows(this.resources);
    this.keys = this.entries.flatMap(({ rows }) => rows.map(({ key }) => key));
    this.chosen = undefined;
  }

  private get lit(): { readonly places: ReadonlySet<string>; readonly keys: ReadonlySet<string> } {
    const { chosen } = this;
    if (chosen === undefined) return { places: new Set(), keys: new Set() };
    if ('place' in chosen)
      return { places: new Set([chosen.place]), keys: new Set(this.table.elementsOf(chosen.place, this.keys)) };
    return { places: new Set(this.table.placesOf(chosen.key)), keys: new Set([chosen.key]) };
  }

  private choose(chosen: Exclude<Chosen, undefined>): void {
    this.chosen = JSON.stringify(chosen) === JSON.stringify(this.chosen) ? undefined : chosen;
    void this.updateComplete.then(() => {
      const side = 'place' in chosen ? '.fp-elements' : '.fp-message';
      this.querySelector(`${side} [data-lit]`)?.scrollIntoView({ block: 'nearest' });
    });
  }

  private said(places: ReadonlySet<string>, keys: ReadonlySet<string>): string {
    const { chosen } = this;
    if (chosen === undefined) return 'Choose a value on either side.';
    const names = [...keys].map((key) => this.nameOf(key));
    if ('place' in chosen)
      return names.length === 0
        ? `${this.table.nameOf(chosen.place)} became nothing: see what was dropped.`
        : `${this.table.nameOf(chosen.place)} became ${names.join(', ')}.`;
    const from = [...places].map((place) => this.table.nameOf(place));
    return from.length === 0 ? `No part of the message says ${names[0]}.` : `${names[0]} came from ${from.join(', ')}.`;
  }

  private nameOf(key: string): string {
    const [entry = '', element = ''] = key.split(' ');
    return `${this.entries.find((one) => one.entry === Number(entry))?.type ?? ''}.${element}`;
  }

  private piece({ text, place }: Piece, places: ReadonlySet<string>): unknown {
    if (place === undefined) return html`<span class="fp-quiet">${text}</span>`;
    const isLit = places.has(place) || places.has(place.slice(0, place.indexOf('-')));
    const kind = this.unused.has(place) ? 'fp-value fp-value--unused' : 'fp-value';
    return html`<button type="button" class=${kind} aria-pressed=${isLit ? 'true' : 'false'} ?data-lit=${isLit} title=${this.table.nameOf(place)} @click=${() => this.choose({ place })}>${text}</button>`;
  }

  private row({ key, element, value }: ElementRow, keys: ReadonlySet<string>): TemplateResult {
    const isLit = keys.has(key);
    const kind = this.unused.has(key) ? 'fp-value fp-value--unused' : 'fp-value';
    return html`<li ?data-lit=${isLit}><button type="button" class=${kind} aria-pressed=${isLit ? 'true' : 'false'} @click=${() => this.choose({ key })}><span class="fp-elements__name">${element}</span> <span class="fp-elements__value">${value}</span></button></li>`;
  }

  protected override render(): unknown {
    if (this.message === '') return nothing;
    const { places, keys } = this.lit;
    return html`
      <p class="nhsuk-body fp-said" role="status">${this.said(places, keys)}</p>
      <div class="fp-sides">
        <section class="fp-message" aria-label="HL7 v2 message" tabindex="0">
          ${messagePieces(this.message).map((pieces) => html`<p class="fp-message__line">${pieces.map((piece) => this.piece(piece, places))}</p>`)}
        </section>
        <section class="fp-elements" aria-label="FHIR resources" tabindex="0">
          ${this.entries.map(
            ({ type, rows }) =>
              html`<h3 class="fp-elements__type">${type}</h3><ul>${rows.map((row) => this.row(row, keys))}</ul>`,
          )}
        </section>
      </div>
    `;
  }
}

customElements.define('fp-both-sides', BothSides);
