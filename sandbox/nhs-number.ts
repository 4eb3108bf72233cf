import type { Fault } from './problem.ts';

/** The naming system of NHS numbers (https://fhir.nhs.uk/Id/nhs-number). */
export const NHS_NUMBER_SYSTEM = 'https://fhir.nhs.uk/Id/nhs-number';

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
  '9000000009. Whoever runs this Fingerpost can let real numbers through by starting it with ALLOW_REAL_NHS_NUMBERS=true';

/** What is wrong with one NHS number, if anything. `at` is the place that the fault names. */
export const judgeNhsNumber = (value: string, allowReal: boolean, at?: string): NhsNumberFinding | undefined => {
  const place = at === undefined ? {} : { at };
  if (!hasValidCheckDigit(value)) return { kind: 'invalid', fault: { detail: invalid(value), ...place } };
  if (allowReal || isTestNumber(value)) return undefined;
  return { kind: 'real', fault: { detail: REAL, ...place } };
};

/** Whether one of these faults is that a number may be a real person's, whatever the others are. */
export const namesRealNumber = (faults: readonly Fault[]): boolean => faults.some(({ detail }) => detail === REAL);

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

const search = (node: unknown, at: string, allowReal: boolean, found: NhsNumberFinding[]): void => {
  if (Array.isArray(node)) {
    for (let index = 0; index < node.length; index++) search(node[index], `${at}[${index}]`, allowReal, found);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const entries = Object.entries(node);
  let system: unknown;
  let value: unknown;
  for (const [name, child] of entries) {
    if (name === 'system') system = child;
    else if (name === 'value') value = child;
    else if (typeof child === 'object' && child !== null) search(child, `${at}.${name}`, allowReal, found);
  }
  if (system !== NHS_NUMBER_SYSTEM || typeof value !== 'string') return;
  const finding = judgeNhsNumber(value, allowReal, `${at}.value`);
  if (finding !== undefined) found.push(finding);
};

/**
 * Every identifier in the system of NHS numbers, wherever it stands: identifiers, contained resources, entries of a
 * bundle, and the logical references that carry one in `reference.identifier`. Places are FHIRPath, from the resource's type.
 */
export const findNhsNumbers = (resource: unknown, allowReal: boolean, root = 'Resource'): NhsNumberFinding[] => {
  const found: NhsNumberFinding[] = [];
  search(resource, root, allowReal, found);
  return found;
};
