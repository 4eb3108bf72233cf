import type { FromFhir } from '../../sandbox/hl7v2/from-fhir/from-fhir.ts';
import type { Hl7Message } from '../../sandbox/hl7v2/message.ts';
import { leavesOf, repetitionsOf, segmentsOf } from '../../sandbox/hl7v2/to-fhir/part.ts';
import type { ToFhir } from '../../sandbox/hl7v2/to-fhir/to-fhir.ts';

const FIELDS_MAX = 1000;

/** Every value of a message by its path, in order; an HL7 null is null. */
export const valuesOf = (message: Hl7Message): readonly { readonly path: string; readonly value: string | null }[] =>
  segmentsOf(message).flatMap((at) => {
    const line = message.lines()[at.line] ?? '';
    const last = Math.min(FIELDS_MAX, line.split(message.delimiters.field).length);
    return Array.from({ length: last }, (_, index) => index + 1)
      .filter((field) => at.line !== 0 || field > 2)
      .flatMap((field) => repetitionsOf(message, at, field).flatMap(leavesOf))
      .map(({ path, encoded }) => ({ path, value: encoded === '""' ? null : message.decode(encoded) }));
  });

const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}\n`).join('');
};

const shown = (text: string): string => JSON.stringify(text).slice(1, -1);

export const parsedText = (message: Hl7Message): string =>
  columns(valuesOf(message).map(({ path, value }) => [path, value === null ? '"" (null: remove)' : shown(value)]));

/** What became of a message: each element and its part, then what went nowhere. */
export const toFhirText = ({ lineage, dropped, removed }: ToFhir): string => {
  const said = lineage.map(({ resourceType, element, from, kind }): [string, string] => [
    from ?? '(not said)',
    `${resourceType}.${element}${kind === 'value' ? '' : ` (${kind})`}`,
  ]);
  const lost = dropped.map(({ from, value, reason }): [string, string] => [from, `${shown(value)}  ${reason}`]);
  const gone = removed.map(({ from, resourceType, element }): [string, string] => [from, `${resourceType}.${element}`]);
  const parts = [
    ['Where each element came from', said],
    ['To be removed (HL7 null)', gone],
    ['Dropped', lost],
  ] as const;
  return parts.flatMap(([title, rows]) => (rows.length === 0 ? [] : [`${title}\n${columns(rows)}`])).join('\n');
};

export const fromFhirText = ({ dropped }: FromFhir): string =>
  dropped.length === 0
    ? ''
    : `Dropped, for HL7 v2 has no place for it here\n${columns(
        dropped.map(({ resourceType, element, value }) => [`${resourceType}.${element}`, shown(value)]),
      )}`;
