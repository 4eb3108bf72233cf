import { placeKey } from './place-key.ts';

/** A place in a message and an element that belong together. */
export interface Link {
  readonly place: string;
  readonly entry: number;
  readonly element: string;
}

/** What belongs to a place, or to an element: both ways. */
export class Links {
  readonly #links: readonly Link[];
  /** Places as the service spells them. */
  readonly #names: ReadonlyMap<string, string>;

  constructor(links: readonly Link[]) {
    this.#links = links.map((link) => ({ ...link, place: placeKey(link.place) }));
    this.#names = new Map(links.map(({ place }) => [placeKey(place), place]));
  }

  /** As short as the service says it; what it does not mention is a field. */
  nameOf(place: string): string {
    return this.#names.get(place) ?? place.replace(/\[1\](?=-|$)/, '').replace(/(?:\[1\])?\.1\.1$/, '');
  }

  /** The elements, by key, that a place became. A segment's links count for each of its places. */
  elementsOf(place: string, keys: readonly string[]): readonly string[] {
    const segment = place.slice(0, place.indexOf('-'));
    const found = this.#links.filter((link) => link.place === place || link.place === segment);
    return keys.filter((key) => found.some(({ entry, element }) => covers(`${entry} ${element}`, key)));
  }

  /** The places that an element came from. */
  placesOf(key: string): readonly string[] {
    return this.#links.filter(({ entry, element }) => covers(`${entry} ${element}`, key)).map(({ place }) => place);
  }
}

const covers = (whole: string, key: string): boolean =>
  key === whole || key.startsWith(`${whole}.`) || key.startsWith(`${whole}[`);
