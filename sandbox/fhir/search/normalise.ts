/** Longer values are indexed by their beginning: a search tells them apart only that far. */
export const INDEXED_MAX = 256;

/** Strings match without case, accents and doubled spaces (search.html#string). */
export const normaliseString = (text: string): string =>
  (/^[\x20-\x7e]*$/.test(text) ? text : text.normalize('NFD').replace(/\p{M}+/gu, ''))
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, INDEXED_MAX);

/** Tokens match without case (search.html#token: "servers SHOULD treat tokens in a case-insensitive manner"). */
export const normaliseToken = (code: string): string => code.toLowerCase().slice(0, INDEXED_MAX);

/** A URI as it is kept: exactly, up to the indexed length. */
export const clip = (text: string): string => text.slice(0, INDEXED_MAX);

/** The end of all texts that begin with `prefix`, exclusive: `x >= prefix and x < afterPrefix(prefix)` (rules 1). */
export const afterPrefix = (prefix: string): string => `${prefix}\u{10FFFF}`;

/** A reference as it is kept: relative where it is to this server, under any of its bases, without a version. */
export const normaliseReference = (reference: string, bases: readonly string[] = []): string => {
  const own = bases.find((base) => reference.startsWith(`${base}/`));
  const local = own === undefined ? reference : reference.slice(own.length + 1);
  const version = local.indexOf('/_history/');
  return clip(version === -1 ? local : local.slice(0, version));
};

/** The resource type that a reference names: `Patient/1`, with a version or without, or at the end of an absolute URL. */
export const referenceType = (reference: string): string | undefined =>
  /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(reference)?.[1];
