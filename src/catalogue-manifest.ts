import type { PatternManifest } from '../sandbox/manifest.ts';
import { PARTICIPANTS_MAX } from '../sandbox/space.ts';

/** Something in the catalogue's files is wrong; `message` lists every place, one a line. */
export class CatalogueError extends Error {
  readonly faults: readonly string[];

  constructor(file: string, faults: readonly string[]) {
    super(faults.map((fault) => `${file}: ${fault}`).join('\n'));
    this.name = 'CatalogueError';
    this.faults = faults;
  }
}

/** Ids and participant names are part of URLs, queue names and file names. */
export const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

type Check = (value: unknown, at: string, faults: string[]) => void;
type Shape = Readonly<Record<string, Check>>;

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value);
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => kindOf(value) === 'object';

const text: Check = (value, at, faults) => {
  if (typeof value !== 'string') faults.push(`${at} must be text, not ${kindOf(value)}`);
  else if (value.trim() === '') faults.push(`${at} is empty`);
};
const name: Check = (value, at, faults) => {
  if (typeof value !== 'string' || !NAME.test(value))
    faults.push(`${at} must be lower-case words joined by hyphens, not ${JSON.stringify(value)}`);
};
const flag: Check = (value, at, faults) => {
  if (typeof value !== 'boolean') faults.push(`${at} must be true or false, not ${kindOf(value)}`);
};
const oneOf =
  (...allowed: readonly string[]): Check =>
  (value, at, faults) => {
    if (typeof value !== 'string' || !allowed.includes(value))
      faults.push(`${at} must be one of ${allowed.join(', ')}, not ${JSON.stringify(value)}`);
  };
const list =
  (item: Check, least = 0): Check =>
  (value, at, faults) => {
    if (!Array.isArray(value)) {
      faults.push(`${at} must be a list, not ${kindOf(value)}`);
      return;
    }
    if (value.length < least) faults.push(`${at} needs at least ${least}`);
    for (const [index, entry] of value.entries()) item(entry, `${at}[${index}]`, faults);
  };
const record =
  (required: Shape, optional: Shape = {}): Check =>
  (value, at, faults) => {
    if (!isRecord(value)) {
      faults.push(`${at} must be a mapping, not ${kindOf(value)}`);
      return;
    }
    const below = (key: string): string => (at === 'the document' ? key : `${at}.${key}`);
    for (const [key, check] of Object.entries(required)) {
      if (value[key] === undefined) faults.push(`${below(key)} is missing`);
      else check(value[key], below(key), faults);
    }
    for (const [key, entry] of Object.entries(value)) {
      if (Object.hasOwn(optional, key)) optional[key]?.(entry, below(key), faults);
      else if (!Object.hasOwn(required, key)) faults.push(`${below(key)} is not known`);
    }
  };

const flagOrList: Check = (value, at, faults) => {
  if (Array.isArray(value)) list(text, 1)(value, at, faults);
  else flag(value, at, faults);
};

const participant = record(
  { name, title: text, summary: text, serves: flagOrList, starts: list(text) },
  { main: flag, dialects: list(name, 1) },
);
const interaction = record(
  { from: name, to: name, label: text, kind: oneOf('call', 'reply', 'note') },
  { detail: text },
);
const consideration = record({
  title: text,
  text,
  basis: oneOf('chapter', 'predecessor', 'api', 'inference'),
});

const manifest = record({
  title: text,
  summary: text,
  description: list(text, 1),
  useWhen: list(text, 1),
  avoidWhen: list(text, 1),
  participants: list(participant, 1),
  interactions: list(interaction, 1),
  considerations: list(consideration),
  realServices: list(record({ name: text, how: text, source: text })),
  sources: list(record({ title: text }, { note: text, url: text }), 1),
  dialects: list(name),
});

/** What the shape cannot say: one main participant that serves, names used once, arrows between known participants. */
const contradictions = (pattern: PatternManifest): string[] => {
  const names = pattern.participants.map((entry) => entry.name);
  const twice = names.filter((entry, index) => names.indexOf(entry) !== index);
  const mains = pattern.participants.filter((entry) => entry.main === true);
  const faults = twice.map((entry) => `participants names ${entry} twice`);
  if (names.length > PARTICIPANTS_MAX)
    faults.push(`participants holds ${names.length}; at most ${PARTICIPANTS_MAX} fit`);
  if (mains.length !== 1) faults.push(`participants needs exactly one with main: true, and has ${mains.length}`);
  for (const entry of mains)
    if (entry.dialects !== undefined)
      faults.push(`participant ${entry.name} is main, so it takes part in every dialect`);
  for (const entry of mains) if (!entry.serves) faults.push(`participant ${entry.name} is main but serves nothing`);
  for (const [index, arrow] of pattern.interactions.entries()) {
    for (const end of ['from', 'to'] as const) {
      if (!names.includes(arrow[end]))
        faults.push(`interactions[${index}].${end} names ${arrow[end]}, who is no participant (${names.join(', ')})`);
    }
  }
  return faults;
};

/** The parsed `pattern.yaml` as a manifest; throws a CatalogueError with every fault and its place. */
export const readManifest = (document: unknown, file: string): PatternManifest => {
  const faults: string[] = [];
  manifest(document, 'the document', faults);
  if (faults.length > 0) throw new CatalogueError(file, faults);
  // The shape was checked member by member above.
  const pattern = document as PatternManifest;
  const against = contradictions(pattern);
  if (against.length > 0) throw new CatalogueError(file, against);
  return pattern;
};
