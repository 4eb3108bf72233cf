import { isJson, type Json } from '../to-fhir/element.ts';
import { isSameIdentifier } from './identity.ts';

const EVENT_TIME = 'urn:hl7v2:event-time';

/** When the event happened that a stored resource says (V2-13), as milliseconds; undefined where no message wrote it. */
export const saidAt = (stored: Json): number | undefined => {
  const tags: readonly unknown[] = isJson(stored.meta) && Array.isArray(stored.meta.tag) ? stored.meta.tag : [];
  const tag = tags.filter(isJson).find(({ system }) => system === EVENT_TIME);
  const time = Date.parse(String(tag?.code));
  return Number.isNaN(time) ? undefined : time;
};

const tagged = (stored: Json, at: number): Json => {
  const meta = isJson(stored.meta) ? stored.meta : {};
  const tags: readonly unknown[] = Array.isArray(meta.tag) ? meta.tag : [];
  const others = tags.filter((tag) => !(isJson(tag) && tag.system === EVENT_TIME));
  return { ...meta, tag: [...others, { system: EVENT_TIME, code: new Date(at).toISOString() }] };
};

const isList = (value: unknown): value is readonly Json[] => Array.isArray(value) && value.every(isJson);

/** Numbers that a person or thing had stay: one message need not name them all. */
const allIdentifiers = (before: unknown, after: unknown): unknown => {
  if (!isList(before) || !isList(after)) return after ?? before;
  return [...after, ...before.filter((old) => !after.some((one) => isSameIdentifier(one, old)))];
};

/** `value[x]` and its like: what comes in another type takes the place of what was. */
const CHOICES = ['value', 'effective', 'onset', 'deceased', 'multipleBirth', 'occurrence', 'performed'];
const choiceOf = (name: string): string | undefined =>
  CHOICES.find((choice) => new RegExp(`^${choice}[A-Z]`).test(name));

/**
 * What a message says of a resource over what is stored: an element that the message has takes the place of the stored one,
 * one that it asks to be removed goes, and one that it does not mention stays (HL7 v2.5 chapter 2.10.4: empty is no change).
 */
export const merge = (stored: Json | undefined, said: Json, removed: readonly string[], at: number): Json => {
  const before: Json = { ...stored };
  for (const name of removed) delete before[name];
  for (const name of Object.keys(said)) {
    const choice = choiceOf(name);
    if (choice === undefined) continue;
    for (const old of Object.keys(before)) if (choiceOf(old) === choice) delete before[old];
  }
  const identifier = allIdentifiers(before.identifier, said.identifier);
  return {
    ...before,
    ...said,
    ...(identifier === undefined ? {} : { identifier }),
    ...(typeof stored?.id === 'string' ? { id: stored.id } : {}),
    meta: tagged(before, at),
  };
};
