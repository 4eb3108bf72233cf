import { parseJson, withOrdinaryNumbers } from '../fhir/json.ts';
import { requireTestValues } from '../fhir/real-numbers.ts';
import { ProblemError, problem, UNSUPPORTED_MEDIA_TYPE } from '../problem.ts';
import {
  ADDITIONAL_PROPERTIES,
  forbiddenUpdate,
  invalidUpdate,
  invalidValue,
  TOO_MANY_VALUES,
  VALUE_MISSING,
} from './pds-problems.ts';

/** One operation of a JSON Patch (RFC 6902), with its path taken apart. */
export interface Patch {
  readonly op: 'add' | 'replace' | 'remove' | 'test';
  readonly path: string;
  /** Tokens of the JSON Pointer, unescaped. */
  readonly at: readonly string[];
  readonly value?: unknown;
}

const OPS: readonly string[] = ['add', 'replace', 'remove', 'test'];
const KEYS: readonly string[] = ['op', 'path', 'value'];
const PATCHES_MAX = 200;

/** What may be changed, and whether it is a list whose items are named by `id` (`url` for extensions). */
export const LISTS: readonly string[] = ['name', 'address', 'telecom', 'contact', 'generalPractitioner', 'extension'];
const SINGLE: readonly string[] = [
  'gender',
  'birthDate',
  'deceasedDateTime',
  'multipleBirthInteger',
  'managingOrganization',
];
/** Elements of Patient that exist and are not the caller's to change. */
const FIXED: readonly string[] = [
  'resourceType',
  'id',
  'meta',
  'implicitRules',
  'language',
  'text',
  'contained',
  'modifierExtension',
  'identifier',
  'active',
  'deceasedBoolean',
  'maritalStatus',
  'multipleBirthBoolean',
  'photo',
  'communication',
  'link',
];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isOp = (op: unknown): op is Patch['op'] => typeof op === 'string' && OPS.includes(op);

const tokensOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

const missing = (index: number, member: string) =>
  problem(VALUE_MISSING, `Missing value - '${index}/${member}'`, { at: `patches[${index}]` });

const readPatch = (value: unknown, index: number): Patch => {
  if (!isObject(value)) throw invalidUpdate(`patch ${index} is not an object`, `patches[${index}]`);
  const { op, path } = value;
  if (op === undefined) throw missing(index, 'op');
  if (!isOp(op)) throw invalidValue(op, `${index}/op`);
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined)
    throw problem(
      ADDITIONAL_PROPERTIES,
      `Invalid update with error - Additional properties are not allowed ('${unknown.slice(0, 60)}' was unexpected)`,
      { at: `patches[${index}]` },
    );
  if (path === undefined) throw missing(index, 'path');
  if (typeof path !== 'string' || !path.startsWith('/')) throw invalidValue(path, `${index}/path`);
  if (op !== 'remove' && value.value === undefined) throw missing(index, 'value');
  return { op, path, at: tokensOf(path), ...(op === 'remove' ? {} : { value: value.value }) };
};

const requireChangeable = (patch: Patch, index: number): void => {
  const [element = ''] = patch.at;
  if (LISTS.includes(element) || SINGLE.includes(element)) return;
  if (FIXED.includes(element)) {
    if (patch.op === 'test') return;
    throw forbiddenUpdate(`'${element}' may not be updated`, `patches[${index}]`);
  }
  throw problem(
    ADDITIONAL_PROPERTIES,
    `Invalid update with error - Additional properties are not allowed ('${element.slice(0, 60)}' was unexpected)`,
    { at: `patches[${index}]` },
  );
};

const parseBody = (body: Uint8Array): unknown => {
  try {
    return withOrdinaryNumbers(parseJson(body));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw invalidUpdate(`The body is not JSON that can be read: ${error.faults[0]?.detail ?? error.message}`);
  }
};

type Guard = Parameters<typeof requireTestValues>[0];

/** A real person's number in the changes that a body means to make is told before anything else is said of it. */
export const requireTestPatches = (guard: Guard, body: Uint8Array): void => {
  let parsed: unknown;
  try {
    parsed = parseBody(body);
  } catch {
    return; // readPatches says what is the matter with it.
  }
  const patches = isObject(parsed) ? (parsed.patches ?? []) : parsed;
  requireTestValues(
    guard,
    [patches]
      .flat()
      .map((patch) =>
        isObject(patch) ? { path: tokensOf(String(patch.path)), value: patch.value } : { path: [], value: patch },
      ),
  );
};

/** The patches of a body, which PDS wraps in an object: `{"patches":[…]}`. */
export const readPatches = (body: Uint8Array): readonly Patch[] => {
  const parsed = parseBody(body);
  if (Array.isArray(parsed)) throw invalidUpdate('No patches found: the list has to be wrapped, {"patches":[…]}');
  const patches = isObject(parsed) ? parsed.patches : undefined;
  if (!Array.isArray(patches) || patches.length === 0) throw invalidUpdate('No patches found', 'patches');
  if (patches.length > PATCHES_MAX)
    throw problem(TOO_MANY_VALUES, `Too many patches: at most ${PATCHES_MAX} in one update`, { at: 'patches' });
  const read = patches.map(readPatch);
  for (const [index, patch] of read.entries()) requireChangeable(patch, index);
  return read;
};

export const requirePatchType = (contentType: string | undefined): void => {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json-patch+json') return;
  throw problem(UNSUPPORTED_MEDIA_TYPE, 'Content-Type has to be application/json-patch+json', { at: 'Content-Type' });
};
