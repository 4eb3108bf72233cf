import { applyPatch, readPatch } from '../fhir/json-patch.ts';
import { ProblemError } from '../problem.ts';
import { LISTS, type Patch } from './pds-patches.ts';
import { invalidUpdate } from './pds-problems.ts';

type Item = Readonly<Record<string, unknown>>;

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What names an item of a list: its object id, or the url of an extension. */
const keyOf = (element: string): 'id' | 'url' => (element === 'extension' ? 'url' : 'id');

const itemAt = (record: Item, element: string, index: string): Item => {
  const list = record[element];
  const item: unknown = Array.isArray(list) && /^(0|[1-9]\d{0,5})$/.test(index) ? list[Number(index)] : undefined;
  if (!isItem(item))
    throw invalidUpdate(`Invalid patch - index '${index.slice(0, 20)}' is out of bounds`, `/${element}`);
  return item;
};

const wrongItem = (element: string, value: unknown, at: string) =>
  invalidUpdate(`no '${element}' resources with object ${keyOf(element)} ${String(value).slice(0, 60)}`, at);

/** Adding a list item is done at its end, and its id is given here whatever was sent. */
const newItem = (patch: Patch, element: string, today: string, newId: () => string): Item => {
  if (!isItem(patch.value)) throw invalidUpdate(`a new item of '${element}' has to be an object`, patch.path);
  if (element === 'extension') return patch.value;
  const { id: _id, ...rest } = patch.value;
  return { id: newId(), ...withPeriod(rest, element, today) };
};

/** A new or wholly replaced item without a period is in force from today. */
const withPeriod = (item: Item, element: string, today: string): Item => {
  if (element === 'generalPractitioner') {
    const identifier = item.identifier;
    return isItem(identifier) && identifier.period === undefined
      ? { ...item, identifier: { ...identifier, period: { start: today } } }
      : item;
  }
  return item.period === undefined ? { ...item, period: { start: today } } : item;
};

const isTestOf = (before: Patch | undefined, patch: Patch, key: string): boolean =>
  before?.op === 'test' && (before.path === patch.path || before.path === `${patch.path}/${key}`);

/** The operation as it may be applied, once it has shown that it means the item that it touches. */
const checkedList = (
  all: readonly Patch[],
  index: number,
  record: Item,
  today: string,
  newId: () => string,
): Patch | undefined => {
  const patch = all[index];
  if (patch === undefined) return undefined;
  const [element = '', place, part] = patch.at;
  const key = keyOf(element);
  if (patch.op === 'test') return patch;
  if (place === undefined)
    throw invalidUpdate(`'${element}' is changed item by item, at /${element}/- or /${element}/0`, patch.path);
  if (part === undefined && patch.op === 'add') {
    if (place !== '-') throw invalidUpdate(`a new item of '${element}' is added at /${element}/-`, patch.path);
    return { ...patch, value: newItem(patch, element, today, newId) };
  }
  const item = itemAt(record, element, place);
  if (part === undefined && patch.op === 'remove') {
    if (isTestOf(all[index - 1], patch, key)) return patch;
    throw invalidUpdate(
      `removal of '${patch.path}' must be immediately preceded by a test of its '${key}' or of the whole item`,
      patch.path,
    );
  }
  if (part === undefined) {
    if (!isItem(patch.value) || patch.value[key] !== item[key])
      throw wrongItem(element, isItem(patch.value) ? patch.value[key] : undefined, patch.path);
    return element === 'extension' ? patch : { ...patch, value: withPeriod(patch.value, element, today) };
  }
  if (part === key && patch.at.length === 3) {
    if (patch.op === 'remove' || patch.value !== item[key]) throw wrongItem(element, patch.value, patch.path);
    return undefined;
  }
  const named = all.some(({ op, path }) => op !== 'remove' && path === `/${element}/${place}/${key}`);
  if (!named)
    throw invalidUpdate(
      `to change part of '/${element}/${place}' its '${key}' has to be among the patches`,
      patch.path,
    );
  return patch;
};

/** Why a JSON Patch operation could not be applied, in our words (RFC 6902 section 4). */
const failureOf = (patch: Patch): string => {
  if (patch.op === 'test') return `Test operation failed at '${patch.path}'`;
  const last = patch.at.at(-1) ?? '';
  return patch.op === 'add'
    ? `Invalid patch - can't add at '${patch.path}'`
    : `Invalid patch - can't ${patch.op} non-existent object '${last.slice(0, 60)}'`;
};

/** One operation done, on a copy. */
const applied = (record: Item, patch: Patch, index: number): Item => {
  const { op, path, value } = patch;
  try {
    const result = applyPatch(record, readPatch([op === 'remove' ? { op, path } : { op, path, value }]));
    if (isItem(result)) return result;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
  throw invalidUpdate(failureOf(patch), `patches[${index}]`);
};

/**
 * The record with all patches applied, in order; the one given is left as it is. Throws for the first that does not hold,
 * so that all are applied or none (RFC 6902 section 5).
 */
export const applyPatches = (
  record: Item,
  patches: readonly Patch[],
  options: { readonly today: string; readonly newId: () => string },
): Item => {
  let result: Item = record;
  for (const [index, patch] of patches.entries()) {
    const [element = ''] = patch.at;
    const isList = LISTS.includes(element);
    if (isList && patch.op === 'add' && result[element] === undefined) result = { ...result, [element]: [] };
    const checked = isList ? checkedList(patches, index, result, options.today, options.newId) : patch;
    if (checked === undefined) continue;
    result = applied(result, checked, index);
  }
  return result;
};
