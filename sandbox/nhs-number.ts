import type { Fault } from './problem.ts';

/** The naming system of NHS numbers (https://fhir.nhs.uk/Id/nhs-number). */
export const NHS_NUMBER_SYSTEM = 'https://fhir.nhs.uk/Id/nhs-number';

/** Other names of it that are met: of earlier profiles, and its OID. */
const OTHER_SYSTEMS: ReadonlySet<string> = new Set([
  'http://fhir.nhs.uk/Id/nhs-number',
  'http://fhir.nhs.net/Id/nhs-number',
  'urn:oid:2.16.840.1.113883.2.1.4.1',
]);

/** Whether an identifier of this system is an NHS number, or may be one because it has no system. */
export const mayNameNhsNumbers = (system: string): boolean =>
  system === '' || system === NHS_NUMBER_SYSTEM || OTHER_SYSTEMS.has(system);

/**
 * Valid numbers outside the test range that published specifications use as examples: 3333333333 in the ITK HL7 v2 ADT
 * messages, 5182663366 as the one that the PDS sandbox gives to everybody it creates, 4505577104 in the National Data
 * Opt-out specification and on the NHS's own pages about the number.
 */
const LISTED_EXAMPLES: ReadonlySet<string> = new Set(['3333333333', '5182663366', '4505577104']);

/** Ten digits whose last is the check digit: modulus 11, weights 10 to 2; 11 becomes 0 and 10 is never issued. */
export const hasValidCheckDigit = (value: string): boolean => {
  if (!/^[0-9]{10}$/.test(value)) return false;
  let sum = 0;
  for (let place = 0; place < 9; place++) sum += (value.charCodeAt(place) - 48) * (10 - place);
  return (11 - (sum % 11)) % 11 === value.charCodeAt(9) - 48;
};

/** Whether a valid number can only be a test number: it begins with 9, or is a listed example of a specification. */
export const isTestNumber = (value: string): boolean => value.startsWith('9') || LISTED_EXAMPLES.has(value);

export type NhsNumberFinding = { readonly kind: 'invalid' | 'real'; readonly fault: Fault };

const invalid = (value: string): string =>
  /^[0-9]{10}$/.test(value)
    ? `NHS number '${value}' is not valid: its check digit (modulus 11) does not hold`
    : `NHS number '${value.slice(0, 40)}' is not valid: it has to be ten digits without spaces`;

// The number is not repeated: what may be a real person's should not reach a log through our own words.
const REAL =
  'This NHS number is valid and may belong to a real person. Use one that begins with 9, or a published example such as ' +
  '9000000009. Whoever runs this service can let real numbers through by starting it with ALLOW_REAL_NHS_NUMBERS=true';

/** Of a number that nothing says to be anything else: an identifier without a system, the id of a Patient. */
export const PERHAPS_REAL =
  'This is a valid NHS number, nothing says that it is another kind of number, and it may belong to a real person. Use one ' +
  'that begins with 9; where it is something else, name its system. Whoever runs this service can let real numbers ' +
  'through by starting it with ALLOW_REAL_NHS_NUMBERS=true';

/** What is wrong with one NHS number, if anything. `at` is the place that the fault names. */
export const judgeNhsNumber = (value: string, allowReal: boolean, at?: string): NhsNumberFinding | undefined => {
  const place = at === undefined ? {} : { at };
  if (!hasValidCheckDigit(value)) return { kind: 'invalid', fault: { detail: invalid(value), ...place } };
  if (allowReal || isTestNumber(value)) return undefined;
  return { kind: 'real', fault: { detail: REAL, ...place } };
};

/** The same of a number that may be an NHS number, though nothing says so: it cannot be an invalid one. */
export const judgeBareNumber = (value: string, allowReal: boolean, at: string): NhsNumberFinding | undefined =>
  allowReal || isTestNumber(value) || !hasValidCheckDigit(value)
    ? undefined
    : { kind: 'real', fault: { detail: PERHAPS_REAL, at } };

/** Whether one of these faults is that a number may be a real person's, whatever the others are. */
export const namesRealNumber = (faults: readonly Fault[]): boolean =>
  faults.some(({ detail }) => detail === REAL || detail === PERHAPS_REAL);

/**
 * Text without the numbers that may be somebody's: every run of ten digits or more, also where digits are percent-encoded.
 * Shorter ones (dates, versions) stay.
 */
export const maskNumbers = (text: string): string => text.replace(/(?:%3[0-9]|[0-9]){10,}/g, '[number]');

/** Text without the numbers that are valid and no test numbers; any others stay. */
export const maskRealNumbers = (text: string): string =>
  text.replace(/(?<![0-9])[0-9]{10}(?![0-9])/g, (value) =>
    hasValidCheckDigit(value) && !isTestNumber(value) ? '[number]' : value,
  );

/** The end of a reference to a Patient whose id could be an NHS number. */
const PATIENT_REFERENCE = /(?:^|\/)Patient\/([0-9]{10})(?:$|\/)/;

/** The ten digits by which a reference names a Patient, if it does. */
export const numberOfReference = (reference: string): string | undefined => PATIENT_REFERENCE.exec(reference)?.[1];

/** `name` is that of the element, lists counted through. */
const search = (node: unknown, name: string, at: string, allowReal: boolean, found: NhsNumberFinding[]): void => {
  if (Array.isArray(node)) {
    for (let index = 0; index < node.length; index++) search(node[index], name, `${at}[${index}]`, allowReal, found);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const entries = Object.entries(node);
  let system: unknown;
  let value: unknown;
  const judged = (finding: NhsNumberFinding | undefined): void => {
    if (finding !== undefined) found.push(finding);
  };
  for (const [key, child] of entries) {
    if (key === 'system') system = child;
    else if (key === 'value') value = child;
    else if (typeof child === 'object' && child !== null) search(child, key, `${at}.${key}`, allowReal, found);
    else if (key === 'reference' && typeof child === 'string') {
      const number = numberOfReference(child);
      if (number !== undefined) judged(judgeBareNumber(number, allowReal, `${at}.reference`));
    }
  }
  if ('resourceType' in node && node.resourceType === 'Patient' && 'id' in node && typeof node.id === 'string')
    judged(judgeBareNumber(node.id, allowReal, `${at}.id`));
  if (typeof value !== 'string') return;
  if (system === NHS_NUMBER_SYSTEM) judged(judgeNhsNumber(value, allowReal, `${at}.value`));
  else if (system === undefined ? name === 'identifier' : OTHER_SYSTEMS.has(String(system)))
    judged(judgeBareNumber(value, allowReal, `${at}.value`));
};

/**
 * Every identifier in the system of NHS numbers, wherever it stands: identifiers, contained resources, entries of a
 * bundle, and the logical references that carry one in `reference.identifier`; and what may be one, because nothing says
 * otherwise: an identifier without a system, a Patient's id, a reference to it. Places are FHIRPath, from the resource's type.
 */
export const findNhsNumbers = (resource: unknown, allowReal: boolean, root = 'Resource'): NhsNumberFinding[] => {
  const found: NhsNumberFinding[] = [];
  search(resource, '', root, allowReal, found);
  return found;
};
