import { isJson, type Json, joinPath, primitivesOf } from '../to-fhir/element.ts';

/** An element of a resource that may be there; what is read of it counts as used. */
export interface Node {
  /** Counted from 0; one resource that was given alone is 0. */
  readonly entry: number;
  readonly element: string;
  readonly value: unknown;
  /** A member of it. */
  at(name: string): Node;
  /** An item of it, from 0. */
  item(index: number): Node;
  items(): readonly Node[];
  /** The text of a primitive, and empty where there is none. */
  text(): string;
  /** The resource that it refers to, where the Bundle has it. */
  target(): Node | undefined;
}

/** An element that nothing was made of. */
export interface Lost {
  readonly entry: number;
  readonly resourceType: string;
  readonly element: string;
  readonly value: string;
}

interface Resource {
  readonly entry: number;
  readonly names: readonly string[];
  readonly body: Json;
}

const asResources = (given: Json): readonly Resource[] => {
  if (given.resourceType !== 'Bundle') return [{ entry: 0, names: [], body: given }];
  const entries: readonly unknown[] = Array.isArray(given.entry) ? given.entry : [];
  return entries.flatMap((one, entry): readonly Resource[] => {
    if (!isJson(one) || !isJson(one.resource)) return [];
    const { resource: body, fullUrl } = one;
    const own = `${body.resourceType}/${body.id}`;
    return [{ entry, names: [own, `urn:uuid:${body.id}`, ...(typeof fullUrl === 'string' ? [fullUrl] : [])], body }];
  });
};

/** What the structure itself needs, and nobody misses. */
const isStructure = (element: string): boolean =>
  /^(?:resourceType|id|meta|text|language|implicitRules)(?:$|[.[])|(?:^|\.)reference$/.test(element);

/** A Bundle, or one resource, that is read: what was used, and what is left. */
export class Reading {
  readonly #resources: readonly Resource[];
  readonly #used = new Set<string>();
  readonly bundle: Node;

  constructor(given: Json) {
    this.#resources = asResources(given);
    this.bundle = this.#node(-1, '', given.resourceType === 'Bundle' ? given : {});
  }

  #node(entry: number, element: string, value: unknown): Node {
    return {
      entry,
      element,
      value,
      at: (name) => this.#node(entry, joinPath(element, name), isJson(value) ? value[name] : undefined),
      item: (index) => this.#node(entry, `${element}[${index}]`, Array.isArray(value) ? value[index] : undefined),
      items: () =>
        (Array.isArray(value) ? value : []).map((item: unknown, index) =>
          this.#node(entry, `${element}[${index}]`, item),
        ),
      text: () => {
        if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return '';
        this.#used.add(`${entry} ${element}`);
        return String(value);
      },
      target: () => {
        const reference = isJson(value) ? value.reference : undefined;
        const found = this.#resources.find(({ names }) => typeof reference === 'string' && names.includes(reference));
        return found === undefined ? undefined : this.#node(found.entry, '', found.body);
      },
    };
  }

  /** The resources of a type, in order. */
  all(type: string): readonly Node[] {
    return this.#resources
      .filter(({ body }) => body.resourceType === type)
      .map(({ entry, body }) => this.#node(entry, '', body));
  }

  /** Which type of resource each entry is. */
  types(): ReadonlyMap<number, string> {
    return new Map(this.#resources.map(({ entry, body }) => [entry, String(body.resourceType)]));
  }

  lost(): readonly Lost[] {
    return this.#resources.flatMap(({ entry, body }) =>
      primitivesOf(body)
        .filter((element) => !isStructure(element) && !this.#used.has(`${entry} ${element}`))
        .map((element) => ({ entry, resourceType: String(body.resourceType), element, value: valueAt(body, element) })),
    );
  }
}

const valueAt = (body: Json, element: string): string => {
  let here: unknown = body;
  for (const step of element.match(/[^.[\]]+/g) ?? [])
    here = isJson(here) || Array.isArray(here) ? Reflect.get(here, step) : undefined;
  return String(here);
};
