import { maps } from '../to-fhir/maps.ts';

/** A date or time of FHIR as HL7 v2 writes it, as precise as it is. Undefined for what is none. */
export const timestamp = (text: string): string | undefined => {
  const found = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/.exec(
    text,
  );
  if (found === null) return undefined;
  const [, year, month = '', day = '', hour = '', minute = '', second = '', fraction = '', zone = ''] = found;
  const offset = zone === 'Z' ? '+0000' : zone.replace(':', '');
  return `${year}${month}${day}${hour}${minute}${second}${fraction.slice(0, 5)}${offset}`;
};

/** The v2 code that a vocabulary map has for a code of FHIR; of several, the first. Undefined where it has none. */
export const untranslate =
  (name: string) =>
  (code: string): string | undefined =>
    Object.entries(maps().codes.get(name)?.codes ?? {}).find(([, to]) => to.code === code)?.[0];

const SYSTEM_NAMES: Readonly<Record<string, string>> = {
  'http://snomed.info/sct': 'SCT',
  'http://loinc.org': 'LN',
  'http://unitsofmeasure.org': 'UCUM',
  'http://hl7.org/fhir/sid/icd-10': 'I10',
  'https://dmd.nhs.uk': 'DMD',
};

/** How HL7 v2 names a coding system (table 0396); an unknown one stays the URI that it is. */
export const systemName = (uri: string): string =>
  /^http:\/\/terminology\.hl7\.org\/CodeSystem\/v2-(\d{4})$/.exec(uri)?.[1]?.replace(/^/, 'HL7') ??
  SYSTEM_NAMES[uri] ??
  uri.replace(/^urn:oid:/, '');

/** NHS codes of table 0001, as the Data Dictionary has them. */
export const sex = (code: string): string | undefined => ({ male: '1', female: '2', other: '9', unknown: '0' })[code];
