import { member } from '../act-values.ts';
import type { FhirResource } from '../fhir/stored.ts';

/** FHIR R4 Identifier, as far as it tells things apart. */
export interface Named {
  readonly system: string;
  readonly value: string;
}

/** Follows names and indexes into a parsed resource. */
export const part = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, step) =>
      typeof step === 'number' ? (Array.isArray(inner) ? inner[step] : undefined) : member(inner, step),
    value,
  );

export const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The identifier as it stands, or undefined where it has no value. */
export const namedBy = (identifier: unknown): Named | undefined => {
  const value = text(part(identifier, 'value'));
  return value === '' ? undefined : { system: text(part(identifier, 'system')), value };
};

export const keyOf = ({ system, value }: Named): string => `${system}|${value}`;

export const custodianOf = (pointer: FhirResource): Named | undefined =>
  namedBy(part(pointer, 'custodian', 'identifier'));

/** Whose record it is: by identifier, which needs no Patient resource to be anywhere; else by reference. */
export const subjectOf = (pointer: FhirResource): string | undefined => {
  const named = namedBy(part(pointer, 'subject', 'identifier'));
  const reference = text(part(pointer, 'subject', 'reference'));
  return named === undefined ? reference || undefined : keyOf(named);
};

/** The codes of its type, or its text where it has none. */
export const typesOf = (pointer: FhirResource): readonly string[] => {
  const coded = items(part(pointer, 'type', 'coding')).map(
    (coding) => `${text(part(coding, 'system'))}|${text(part(coding, 'code'))}`,
  );
  const words = text(part(pointer, 'type', 'text'));
  return coded.length > 0 ? coded : words === '' ? [] : [words];
};

export const masterOf = (pointer: FhirResource): Named | undefined => namedBy(part(pointer, 'masterIdentifier'));

/** The ids of pointers that it replaces (`relatesTo.code` is `replaces`), each with its place in the list. */
export const replacedBy = (pointer: FhirResource): readonly { readonly index: number; readonly id: string }[] =>
  items(pointer.relatesTo).flatMap((relation, index) => {
    if (part(relation, 'code') !== 'replaces') return [];
    const named = text(part(relation, 'target', 'identifier', 'value'));
    const reference = text(part(relation, 'target', 'reference'));
    return [{ index, id: named || (/(?:^|\/)DocumentReference\/([A-Za-z0-9.-]{1,64})$/.exec(reference)?.[1] ?? '') }];
  });
