import type { Conversion } from './conversion.ts';
import { maps } from './maps.ts';
import type { Leaf } from './part.ts';

export interface Translated {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

/** The code that a vocabulary map has for a text; undefined, and a reason for the leaf, where it has none. */
export const translate = (conversion: Conversion, leaf: Leaf, name: string): Translated | undefined => {
  const vocabulary = maps().codes.get(name);
  if (vocabulary === undefined) throw new Error(`There is no vocabulary map ${name}`);
  const text = conversion.text(leaf);
  const found = Object.hasOwn(vocabulary.codes, text) ? vocabulary.codes[text] : undefined;
  if (found === undefined) return conversion.because(leaf, `${name} has no code for ${JSON.stringify(text)}`);
  return { system: vocabulary.system, ...found };
};

const OID = /^(?:[0-2](?:\.(?:0|[1-9]\d*))+)$/;
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/;

/** A URI as it stands, an OID as FHIR writes it; undefined for what is neither. */
export const asUri = (text: string): string | undefined =>
  OID.test(text) ? `urn:oid:${text}` : URI.test(text) ? text : undefined;

export const tableSystem = (table: string): string => `http://terminology.hl7.org/CodeSystem/v2-${table}`;

/** The system that v2 names in a coded element (table 0396): by name, as `HL7nnnn`, or as a URI or OID. */
export const codingSystem = (name: string): string | undefined => {
  const table = /^HL7(\d{4})$/.exec(name)?.[1];
  if (table !== undefined) return tableSystem(table);
  const known = maps().codes.get('coding-systems')?.codes;
  return (known !== undefined && Object.hasOwn(known, name) ? known[name]?.code : undefined) ?? asUri(name);
};
