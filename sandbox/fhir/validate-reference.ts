import { typeIndex } from './definitions/types.ts';

const RELATIVE = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;
const CONDITIONAL = /^([A-Z][A-Za-z]+)\?\S+=\S*$/;
/** An absolute URL of a resource on whichever server, which names its type as a relative one does (references.html#literal). */
const ELSEWHERE = /^https?:\/\/\S+\/([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/;

export interface ReferencePlace {
  /** Ids of the resources contained in the one that holds the reference. */
  readonly contained: ReadonlyMap<string, string>;
  /** Resource types allowed there; undefined for any. */
  readonly targets: ReadonlySet<string> | undefined;
  /** Whether it stands in an entry of a bundle, where it may be a search (http.html#trules). */
  readonly inBundle: boolean;
}

/** What is wrong with `Reference.reference` (references.html#literal), in words that follow its name. */
export const checkReference = (value: string, place: ReferencePlace): string | undefined => {
  if (value.startsWith('#')) {
    if (value === '#') return undefined;
    const target = place.contained.get(value.slice(1));
    if (target === undefined) return `points to ${value}, which is not contained in the resource`;
    return wrongTarget(target, place.targets);
  }
  const local = RELATIVE.exec(value) ?? (place.inBundle ? CONDITIONAL.exec(value) : null);
  if (local !== null) {
    const type = local[1] ?? '';
    if (typeIndex(type) === undefined) return `names ${type}, which is no resource type`;
    return wrongTarget(type, place.targets);
  }
  if (ABSOLUTE.test(value)) {
    const type = place.targets === undefined ? undefined : ELSEWHERE.exec(value)?.[1];
    return type === undefined || typeIndex(type) === undefined ? undefined : wrongTarget(type, place.targets);
  }
  return 'must be Type/id, an absolute URL, a urn: or #id';
};

/** Why a resource of this type may not be referred to, if it may not. */
export const wrongTarget = (type: string, targets: ReadonlySet<string> | undefined): string | undefined =>
  targets === undefined || targets.has(type)
    ? undefined
    : `points to ${type}; allowed here: ${[...targets].join(', ')}`;
