import { compareMoments } from './definitions/moment-range.ts';
import type { BoundCodes } from './validate-schema.ts';

export type Json = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sameUnit = (low: Json, high: Json): boolean => low.system === high.system && low.code === high.code;

/** Rules of data types that are asked so often that they are written in code: message, by type. */
export const TYPE_RULES: ReadonlyMap<string, (element: Json) => string | undefined> = new Map<
  string,
  (element: Json) => string | undefined
>([
  [
    'Period',
    ({ start, end }: Json) =>
      typeof start === 'string' && typeof end === 'string' && (compareMoments(start, end) ?? 0) > 0
        ? 'must not end before it starts (per-1)'
        : undefined,
  ],
  [
    'Range',
    ({ low, high }: Json) =>
      isJsonObject(low) && isJsonObject(high) && sameUnit(low, high) && Number(low.value) > Number(high.value)
        ? 'must not have a low above its high (rng-2)'
        : undefined,
  ],
  [
    'Extension',
    (element: Json) => {
      const value = Object.keys(element).some((key) => key.startsWith('value') || key.startsWith('_value'));
      const nested = Object.hasOwn(element, 'extension');
      if (value && nested) return 'must have a value or extensions, not both (ext-1)';
      return value || nested ? undefined : 'must have a value or extensions (ext-1)';
    },
  ],
]);

const describe = (codes: BoundCodes): string =>
  codes.any.size <= 20 ? [...codes.any].join(', ') : `the ${codes.any.size} codes of ${codes.valueSet}`;

const codingFits = (coding: unknown, codes: BoundCodes): boolean => {
  if (!isJsonObject(coding) || typeof coding.code !== 'string') return false;
  const { system, code } = coding;
  return typeof system === 'string' ? (codes.bySystem.get(system)?.has(code) ?? false) : codes.any.has(code);
};

/** What is wrong with a coded value whose binding is required (terminologies.html#required), in words that follow its name. */
export const checkBinding = (type: string, value: unknown, codes: BoundCodes): string | undefined => {
  if (typeof value === 'string') {
    return codes.any.has(value)
      ? undefined
      : `must be one of ${describe(codes)}, not ${JSON.stringify(value.slice(0, 60))}`;
  }
  if (!isJsonObject(value) || Object.hasOwn(value, 'extension')) return undefined;
  if (type === 'Coding') {
    return codingFits(value, codes) ? undefined : `must be a coding from ${codes.valueSet} (${describe(codes)})`;
  }
  if (type !== 'CodeableConcept') return undefined;
  const codings = Array.isArray(value.coding) ? value.coding : [];
  return codings.some((coding) => codingFits(coding, codes))
    ? undefined
    : `must have a coding from ${codes.valueSet} (${describe(codes)})`;
};
