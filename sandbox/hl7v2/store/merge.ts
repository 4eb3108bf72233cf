import { isJson, type Json } from '../to-fhir/element.ts';
import { kindOf } from '../to-fhir/kind.ts';
import { endsBeforeStart } from '../to-fhir/period.ts';
import { isSameIdentifier } from './identity.ts';

const EVENT_TIME = 'urn:hl7v2:event-time';

/** When the event happened that a stored resource says (V2-13), as milliseconds; undefined where no message wrote it. */
export const saidAt = (stored: Json): number | undefined => {
  const tags: readonly unknown[] = isJson(stored.meta) && Array.isArray(stored.meta.tag) ? stored.meta.tag : [];
  const tag = tags.filter(isJson).find(({ system }) => system === EVENT_TIME);
  const time = Date.parse(String(tag?.code));
  return Number.isNaN(time) ? undefined : time;
};

const metaOf = (resource: Json | undefined): Json => (isJson(resource?.meta) ? resource.meta : {});

const tagged = (meta: Json, at: number): Json => {
  const tags: readonly unknown[] = Array.isArray(meta.tag) ? meta.tag : [];
  const others = tags.filter((tag) => !(isJson(tag) && tag.system === EVENT_TIME));
  return { ...meta, tag: [...others, { system: EVENT_TIME, code: new Date(at).toISOString() }] };
};

const isList = (value: unknown): value is readonly Json[] => Array.isArray(value) && value.every(isJson);

/** `value[x]` and its like: what comes in another type takes the place of what was. */
const CHOICES = ['value', 'effective', 'onset', 'deceased', 'multipleBirth', 'occurrence', 'performed'];

/** What an element is one of: of the choices of `value[x]`, or of a primitive and what is said beside it (`_gender`). */
const slotOf = (name: string): string =>
  CHOICES.find((choice) => new RegExp(`^_?${choice}[A-Z]`).test(name)) ?? name.replace(/^_/, '');

/** Elements that several fields of a message make together: the message need not say all of them again. */
const COMPOSED = new Set(['collection', 'context', 'hospitalization', 'period']);

/** Lists that several fields make together, by the type of the resource; what is of which field, kindOf says. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  Appointment: ['participant'],
  CareTeam: ['participant'],
  Encounter: ['extension', 'location', 'participant'],
  Patient: ['extension', 'generalPractitioner', 'link', 'telecom'],
  RelatedPerson: ['telecom'],
};

const composed = (before: Json, after: Json): Json => {
  const whole = { ...before, ...after };
  if (endsBeforeStart(whole)) delete whole[after.start === undefined ? 'start' : 'end'];
  return whole;
};

const shared = (name: string, before: readonly Json[], after: readonly Json[]): readonly Json[] => {
  const said = new Set(after.map((item) => kindOf(name, item)));
  return [...after, ...before.filter((item) => !said.has(kindOf(name, item)))];
};

/** An element of the message over the stored one. Numbers that a person or thing had stay: one message need not name them all. */
const over = (type: unknown, name: string, before: unknown, after: unknown): unknown => {
  if (isList(before) && isList(after)) {
    if (name === 'identifier')
      return [...after, ...before.filter((old) => !after.some((one) => isSameIdentifier(one, old)))];
    return SHARED[String(type)]?.includes(name) === true ? shared(name, before, after) : after;
  }
  return COMPOSED.has(name) && isJson(before) && isJson(after) ? composed(before, after) : after;
};

const forget = (body: Json, slot: string): void => {
  for (const name of Object.keys(body)) if (slotOf(name) === slot) delete body[name];
};

const without = (value: Json, path: string): Json => {
  const left = { ...value };
  remove(left, path);
  return left;
};

/** Takes away what a null asks to be removed (to-fhir/removal.ts); what is no element of the resource itself went with its list. */
const remove = (body: Json, path: string): void => {
  const [, name, kind] = /^(\w+)(?:\[x\]|\[(\w+=.+)\])?$/.exec(path) ?? [];
  if (name !== undefined && kind === undefined) {
    forget(body, slotOf(name));
    return;
  }
  const [, head = '', rest = ''] = /^(\w+)\.(.+)$/.exec(path) ?? [];
  const value = body[name ?? head];
  if (name !== undefined && isList(value)) body[name] = value.filter((item) => kindOf(name, item) !== kind);
  else if (isJson(value)) body[head] = without(value, rest);
  const left = body[name ?? head];
  if (left !== undefined && Object.keys(Object(left)).length === 0) delete body[name ?? head];
};

/** What one message says of a resource. */
export interface Said {
  readonly body: Json;
  /** What it asks to be removed. */
  readonly removed: readonly string[];
  /** Elements of `body` that it does not say, and that FHIR requires or that are likely. */
  readonly assumed: readonly string[];
}

/**
 * What a message says of a resource over what is stored: an element that the message has takes the place of the stored one,
 * one that it asks to be removed goes, and one that it does not mention stays (HL7 v2.5 chapter 2.10.4: empty is no change).
 */
export const merge = (stored: Json | undefined, { body, removed, assumed }: Said, at: number): Json => {
  const whole: Json = { ...stored };
  for (const path of removed) remove(whole, path);
  const before = { ...whole };
  const said = Object.entries(body).filter(([name]) => !assumed.includes(name));
  for (const [name] of said) forget(whole, slotOf(name));
  for (const [name, value] of said) whole[name] = over(body.resourceType, name, before[name], value);
  for (const name of assumed)
    if (!Object.keys(whole).some((known) => slotOf(known) === slotOf(name))) whole[name] = body[name];
  return {
    ...whole,
    ...(typeof stored?.id === 'string' ? { id: stored.id } : {}),
    meta: tagged({ ...metaOf(stored), ...metaOf(body) }, at),
  };
};
