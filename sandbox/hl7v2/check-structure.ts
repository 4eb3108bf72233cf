import type { Hl7Rules } from '../dialect.ts';
import { judgeNhsNumber } from '../nhs-number.ts';
import type { MessageFault } from './acknowledge.ts';
import type { Hl7Message } from './message.ts';
import { locationOf, parseFieldPath } from './path.ts';
import { compareWith } from './structure-grammar.ts';
import { type Structure, structures } from './structures.ts';

/** Something that is not as the structure or the dialect has it; `refused` also where messages are taken leniently. */
export interface Finding extends MessageFault {
  readonly refused?: true;
}

/** Of a field that occurs ten thousand times no more than this is said. */
const FINDINGS_MAX = 20;

const judgePlaces = (structure: Structure, names: readonly string[]): readonly Finding[] => {
  const found: Finding[] = [];
  const counts = new Map<string, number>();
  const standing: { name: string; occurrence: number }[] = [];
  for (const name of names) {
    const occurrence = (counts.get(name) ?? 0) + 1;
    counts.set(name, occurrence);
    if (name.startsWith('Z')) continue;
    if (structure.segments.has(name)) standing.push({ name, occurrence });
    else
      found.push({
        detail: `${name} is no part of ${structure.name}`,
        condition: 100,
        at: { segment: name, occurrence },
      });
  }
  const { missing, misplaced } = compareWith(
    structure.items,
    standing.map(({ name }) => name),
  );
  for (const segment of missing)
    found.push({ detail: `${structure.name} has to have ${segment}`, condition: 100, at: { segment } });
  const odd = misplaced === undefined ? undefined : standing[misplaced];
  if (odd !== undefined)
    found.push({
      detail: `${odd.name} cannot stand where it stands in ${structure.name}`,
      condition: 100,
      at: { segment: odd.name, occurrence: odd.occurrence },
    });
  return found;
};

interface Shapes {
  readonly known: Map<string, readonly Finding[]>;
  /** The one that was judged last. */
  latest?: { readonly names: readonly string[]; readonly found: readonly Finding[] };
}

/** What one sender sends has the same few shapes again and again. */
const judged = new WeakMap<Structure, Shapes>();
const SHAPES_MAX = 100;
const SHAPE_SEGMENTS_MAX = 50;

const areSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, index) => name === other[index]);

const place = (structure: Structure, message: Hl7Message): readonly Finding[] => {
  const names = message.names();
  if (names.length > SHAPE_SEGMENTS_MAX) return judgePlaces(structure, names);
  const shapes: Shapes = judged.get(structure) ?? { known: new Map() };
  if (shapes.latest !== undefined && areSame(names, shapes.latest.names)) return shapes.latest.found;
  const shape = names.join();
  const found = shapes.known.get(shape) ?? judgePlaces(structure, names);
  if (shapes.known.size < SHAPES_MAX)
    judged.set(structure, { known: shapes.known.set(shape, found), latest: { names, found } });
  return found;
};

const empty = (structure: Structure, message: Hl7Message): readonly Finding[] => {
  const found: Finding[] = [];
  for (const { segment, field } of structure.required) {
    const count = message.count(segment);
    for (let occurrence = 1; occurrence <= count && found.length < FINDINGS_MAX; occurrence += 1) {
      if (!message.isEmpty(segment, occurrence, field)) continue;
      found.push({ detail: `${segment}-${field} is empty`, condition: 101, at: { segment, occurrence, field } });
    }
  }
  return found;
};

const numbers = (message: Hl7Message): readonly Finding[] => {
  const count = message.count('PID') === 0 ? 0 : message.count('PID-3');
  return Array.from({ length: count }, (_, index) => index + 1).flatMap((repetition) => {
    if (message.text(`PID-3[${repetition}].4`) !== 'NHS') return [];
    const finding = judgeNhsNumber(message.text(`PID-3[${repetition}].1`), true);
    if (finding === undefined) return [];
    return [
      { detail: finding.fault.detail, condition: 102, at: { segment: 'PID', field: 3, repetition, component: 1 } },
    ];
  });
};

const ofDialect = (message: Hl7Message, { fields }: Hl7Rules): readonly Finding[] => {
  const found: Finding[] = [];
  for (const { at, is, matches, says, refused } of fields) {
    const path = parseFieldPath(at);
    if (message.count(path.segment) === 0) continue;
    const value = message.text(at);
    const wrong =
      is === 'empty' ? value !== '' : value === '' ? is === 'given' : !new RegExp(matches ?? '', 'u').test(value);
    if (!wrong) continue;
    const condition = value === '' ? 101 : 102;
    found.push({ detail: says, condition, at: locationOf(path), ...(refused === true ? { refused } : {}) });
  }
  return [...found, ...numbers(message)];
};

const NOTHING: readonly Finding[] = [];

const misnamed = (structure: Structure, message: Hl7Message): readonly Finding[] => {
  const named = message.text('MSH-9.3');
  if (named === '' || named === structure.name || structure.also.includes(named)) return NOTHING;
  const detail = `The structure of this event is ${structure.name}`;
  return [{ detail, condition: 102, at: { segment: 'MSH', field: 9, component: 3 } }];
};

/** What a header says of the structure: which one that of its event is, and what is wrong with what it calls that. */
export interface Named {
  readonly structure: Structure | undefined;
  readonly findings: readonly Finding[];
}

export const namedBy = (message: Hl7Message): Named => {
  const structure = structures().get(`${message.text('MSH-9.1')}^${message.text('MSH-9.2')}`);
  return { structure, findings: structure === undefined ? NOTHING : misnamed(structure, message) };
};

/**
 * What is not as the structure of its event has it (whatever MSH-9.3 calls it: both are met), and the rules of the dialect.
 * Empty for events that no structure is known of. Z-segments may stand anywhere.
 */
export const checkStructure = (
  message: Hl7Message,
  rules: Hl7Rules | undefined,
  { structure, findings }: Named = namedBy(message),
): readonly Finding[] => {
  const found = rules === undefined ? NOTHING : ofDialect(message, rules);
  if (structure === undefined) return found.slice(0, FINDINGS_MAX);
  const [placed, lacking] = [place(structure, message), empty(structure, message)];
  if (found.length + findings.length + placed.length + lacking.length === 0) return NOTHING;
  return [...found, ...findings, ...placed, ...lacking].slice(0, FINDINGS_MAX);
};

/** A message that is to be judged strictly says so among the profiles that it claims, in MSH-21. */
export const STRICT = 'STRICT';

export const asksForStrictness = (message: Hl7Message): boolean => {
  if (!message.encoded('MSH-21').includes(STRICT)) return false;
  const count = message.count('MSH-21');
  return Array.from({ length: count }, (_, index) => message.text(`MSH-21[${index + 1}].1`)).includes(STRICT);
};

/** Several things are wrong at once, each of which is said. */
export class StructureError extends Error {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super(findings.map(({ detail }) => detail).join('; '));
    this.name = 'StructureError';
    this.findings = findings;
  }
}

/** What is tolerated of what is wrong. Throws StructureError where the message asks for strictness, or the dialect refuses. */
export const judgeStructure = (
  message: Hl7Message,
  rules: Hl7Rules | undefined,
  named = namedBy(message),
): readonly Finding[] => {
  const findings = checkStructure(message, rules, named);
  if (findings.length === 0) return findings;
  const refused = asksForStrictness(message) ? findings : findings.filter((finding) => finding.refused);
  if (refused.length > 0) throw new StructureError(refused);
  return findings;
};
