import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateResource } from '../../fhir/validate.ts';
import { parseMessage } from '../message.ts';
import { DETAILED } from './details.test-data.ts';
import { isJson, primitivesOf } from './element.ts';
import { maps } from './maps.ts';
import { ALL } from './messages.test-data.ts';
import { leavesOf, repetitionsOf, segmentsOf } from './part.ts';
import { type ToFhir, toFhir } from './to-fhir.ts';

/** A piece of a field, often one that a map knows. */
const piece = fc.oneof(
  fc.constantFrom(
    'NHS',
    'A',
    '2',
    'F',
    '20260230',
    '2026030110',
    'SCT',
    'HL70001',
    '""',
    'N',
    '12.5',
    'é',
    'RXX01',
    '\\X01\\',
    'a\\.br\\b',
  ),
  fc.string({ maxLength: 8 }).map((text) => text.replace(/[\r\n|^~\\&]/g, '')),
);
const field = fc
  .array(
    fc.array(piece, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('^')),
    { minLength: 1, maxLength: 3 },
  )
  .map((repetitions) => repetitions.join('~'));
/** Where a message is changed: which line and field, and what comes there. */
const changes = fc.array(fc.tuple(fc.nat(), fc.nat(), field), { maxLength: 12 });

/** Every type of value, and of document, that the samples lack. */
const MORE = [
  ...Object.values(DETAILED),
  ALL.MDM_T02.replace(/OBX\|1\|[A-Z]+\|([^|]*)\|([^|]*)\|[^|]*/, 'OBX|1|TX|$1|$2|One~Two'),
  ...['ED', 'RP', 'NM', 'SN', 'CWE', 'DT', 'TM', 'DR', 'NR', 'ID', 'FT'].map((type) =>
    ALL.ORU_R01.replace(/OBX\|1\|NM\|([^|]*)\|([^|]*)\|[^|]*/, `OBX|1|${type}|$1|$2|1^2^3^4~5^6`),
  ),
];

/** Any sample, some of its fields after MSH replaced by anything; now and then a segment is missing. */
const messages = fc
  .tuple(fc.constantFrom(...Object.values(ALL), ...MORE), changes, fc.nat(30))
  .map(([text, all, gone]) => {
    const whole = text.split('\r').filter((line) => line !== '');
    const lines = whole.length < 3 ? whole : whole.filter((_, index) => index === 0 || index !== gone);
    for (const [line, at, value] of all) {
      const place = 1 + (line % (lines.length - 1));
      const fields = (lines[place] ?? '').split('|');
      fields[1 + (at % 60)] = value;
      lines[place] = Array.from(fields, (one) => one ?? '').join('|');
    }
    return `${lines.join('\r')}\r`;
  });

const entriesOf = ({ bundle }: ToFhir) =>
  (Array.isArray(bundle.entry) ? bundle.entry : []).map((one): unknown => one.resource).filter(isJson);

/** What the Bundle's own structure needs and no message says. */
const isOurs = (path: string): boolean => /^(?:resourceType|id)$|reference$/.test(path);

describe('HL7 v2 to FHIR, whatever is sent', () => {
  it('makes every type of resource that the maps promise', () => {
    const all = [...Object.values(ALL), ...MORE].map((text) => toFhir(parseMessage(text)));
    const made = new Set(all.flatMap(entriesOf).map(({ resourceType }) => String(resourceType)));
    const rules = [...maps().messages.values()].flatMap(({ segments }) => Object.values(segments).flat());
    const promised = [
      ...[...maps().segments.values(), ...maps().types.values()].flatMap(({ resource = [] }) => resource),
      ...rules.flatMap(({ begins = [] }) => begins),
    ];
    expect([...made].sort()).toEqual([...new Set(promised)].sort());
    expect(made.size).toBe(23);
  });

  it('knows of every leaf where it went, or that and why it went nowhere', () => {
    fc.assert(
      fc.property(messages, (text) => {
        const message = parseMessage(text);
        const { lineage, dropped, removed } = toFhir(message);
        const known = new Set([...lineage, ...dropped, ...removed].map(({ from }) => from));
        const lines = message.lines();
        for (const at of segmentsOf(message))
          for (let number = at.line === 0 ? 3 : 1; number <= (lines[at.line] ?? '').split('|').length; number += 1)
            for (const leaf of repetitionsOf(message, at, number).flatMap(leavesOf))
              expect(known, leaf.path).toContain(leaf.path);
      }),
      { numRuns: 150 },
    );
  });

  it('knows of every element where it came from', () => {
    fc.assert(
      fc.property(messages, (text) => {
        const made = toFhir(parseMessage(text));
        for (const [index, resource] of entriesOf(made).entries()) {
          const elements = made.lineage.filter(({ entry }) => entry === index).map(({ element }) => element);
          const covered = (path: string) =>
            elements.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));
          expect(primitivesOf(resource).filter((path) => !isOurs(path) && !covered(path))).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('gives FHIR that is valid', () => {
    fc.assert(
      fc.property(messages, (text) => {
        expect(validateResource(toFhir(parseMessage(text)).bundle)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
