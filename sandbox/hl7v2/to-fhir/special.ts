import { attachment, textAttachment } from './attachment.ts';
import type { Conversion } from './conversion.ts';
import { type Made, traceOf } from './element.ts';
import { maps } from './maps.ts';
import { observationComponent, observationValue } from './observation-value.ts';
import { type Leaf, leafAt, leafOf, leavesOf, type Part } from './part.ts';
import { decimal, string } from './primitives.ts';
import { quantity } from './quantity.ts';
import { response } from './response.ts';
import type { Scope } from './scope.ts';
import { duration, endOfDuration, minutes } from './timing.ts';
import { asUri, codingSystem } from './vocabulary.ts';

const UCUM = 'http://unitsofmeasure.org';

type Special = (conversion: Conversion, part: Part, scope: Scope) => Made | undefined;

/** Namespace, universal id and its type of an HD, each where it is. */
const partsOf = (part: Part) => [1, 2, 3].map((place) => leafAt(part, place));

/** A leaf as a string of FHIR; undefined, and a reason, where it is none. */
const readText = (conversion: Conversion, leaf: Leaf): string | undefined => {
  const text = conversion.text(leaf);
  return string(text, '') === undefined
    ? conversion.because(leaf, `${JSON.stringify(text)} is no string of FHIR`)
    : text;
};

/** A system for identifiers: an authority that is known by name, else the universal id as a URI. */
const authoritySystem: Special = (conversion, part) => {
  const [name, universal, kind] = partsOf(part);
  const known = maps().codes.get('authorities')?.codes ?? {};
  const text = name === undefined ? '' : conversion.text(name);
  if (name !== undefined && Object.hasOwn(known, text))
    return { value: known[text]?.code, traces: [traceOf('', name)] };
  const uri = universal === undefined ? undefined : asUri(conversion.text(universal));
  if (universal === undefined || uri === undefined) return undefined;
  const traces = [universal, kind].filter((leaf) => leaf !== undefined);
  return { value: uri, traces: traces.map((leaf) => traceOf('', leaf)) };
};

/** An ODS code (ANANA or three to six letters and digits), as England names organisations; it begins with a letter or digit. */
const ODS = /^[A-Z0-9]{3,6}$/;
const ODS_SYSTEM = 'https://fhir.nhs.uk/Id/ods-organization-code';

/** Who assigned an identifier, where it is not a known authority: an ODS code as such, another name as it stands. */
const authorityAssigner: Special = (conversion, part) => {
  const [name] = partsOf(part);
  const text = name && readText(conversion, name);
  if (name === undefined || text === undefined) return undefined;
  if (Object.hasOwn(maps().codes.get('authorities')?.codes ?? {}, text)) return undefined;
  const trace = { from: name.path, key: name.key };
  if (!ODS.test(text)) return { value: { display: text }, traces: [{ element: 'display', ...trace }] };
  const traces = ['identifier.system', 'identifier.value'].map((element) => ({ element, ...trace }));
  return { value: { identifier: { system: ODS_SYSTEM, value: text } }, traces };
};

/** A URI for who sends or receives: what an HD says is one, else namespace and facility in a URN of ours. */
const endpoint: Special = (conversion, part) => {
  const [name, universal, kind] = partsOf(part);
  const uri = universal === undefined ? undefined : asUri(conversion.text(universal));
  const leaf = uri === undefined ? name : universal;
  if (leaf === undefined) return undefined;
  const traces = [leaf, ...(uri === undefined || kind === undefined ? [] : [kind])];
  return {
    value: uri ?? `urn:hl7v2:application:${encodeURIComponent(conversion.text(leaf))}`,
    traces: traces.map((leaf) => traceOf('', leaf)),
  };
};

/** The number that the parts of an XTN make, asked for at its local part: +country area local xextension (v2.5 2.A.89). */
const telephoneOfParts: Special = (conversion, { at, field, repetition, data, leaves }) => {
  const marked = ['+', '', '', 'x'].flatMap((mark, index) => {
    const leaf = leafOf({ at, field, repetition, data, leaves, component: 5 + index });
    return leaf === undefined ? [] : [{ mark, leaf }];
  });
  const value = marked.map(({ leaf, mark }) => `${mark}${conversion.text(leaf)}`).join(' ');
  if (string(value, '') === undefined) return undefined;
  return { value, traces: marked.map(({ leaf }) => traceOf('', leaf)) };
};

/** XTN.4 where XTN.3 does not say what it is: an address of mail (v2-to-FHIR, XTN[ContactPoint]). */
const mail: Special = (_, part) => {
  const leaf = leafOf(part);
  return leaf === undefined ? undefined : { value: 'email', traces: [traceOf('', leaf)] };
};

const uriOrOid: Special = (conversion, part) => {
  const leaf = leafOf(part);
  const uri = leaf === undefined ? undefined : asUri(conversion.text(leaf));
  if (leaf === undefined || uri === undefined) return conversion.because(leaf, 'it is neither a URI nor an OID');
  return { value: uri, traces: [traceOf('', leaf)] };
};

const systemOfCodes: Special = (conversion, part) => {
  const leaf = leafOf(part);
  const uri = leaf === undefined ? undefined : codingSystem(conversion.text(leaf));
  if (leaf === undefined || uri === undefined) return conversion.because(leaf, 'no URI is known for this system');
  return { value: uri, traces: [traceOf('', leaf)] };
};

/** An organization's own code: an ODS code as such. */
const organizationIdentifier: Special = (conversion, part) => {
  const leaf = leafOf(part);
  const text = leaf && readText(conversion, leaf);
  if (leaf === undefined || text === undefined) return undefined;
  if (!ODS.test(text)) return { value: { value: text }, traces: [traceOf('value', leaf)] };
  return { value: { system: ODS_SYSTEM, value: text }, traces: ['system', 'value'].map((one) => traceOf(one, leaf)) };
};

const days: Special = (conversion, part) => {
  const leaf = leafOf(part);
  const value = leaf === undefined ? undefined : decimal(conversion.text(leaf), conversion.zone);
  if (leaf === undefined || value === undefined) return conversion.because(leaf, 'it is no number of days');
  const constants = ['unit', 'system', 'code'].map((element) => ({ element, from: leaf.path }));
  return { value: { value, unit: 'days', system: UCUM, code: 'd' }, traces: [traceOf('value', leaf), ...constants] };
};

/** PLN, a provider's number: number ^ type (v2.5 2.A.51); a type that is a known authority names the system. */
const providerNumber: Special = (conversion, part) => {
  const [value, kind] = partsOf(part);
  const text = value && readText(conversion, value);
  if (value === undefined || text === undefined) return undefined;
  const known = maps().codes.get('authorities')?.codes ?? {};
  const name = (kind && readText(conversion, kind)) ?? '';
  const system = Object.hasOwn(known, name) ? known[name]?.code : undefined;
  if (kind === undefined || name === '') return { value: { value: text }, traces: [traceOf('value', value)] };
  const traces = [traceOf('value', value), traceOf(system === undefined ? 'type.text' : 'system', kind)];
  return { value: system === undefined ? { value: text, type: { text: name } } : { system, value: text }, traces };
};

/** Every component, as it was sent, with a space between them: for what has no better place. */
const asSent: Special = (conversion, part) => {
  const leaves = leavesOf(part);
  const text = leaves.map((leaf) => conversion.text(leaf)).join(' ');
  if (string(text, '') === undefined) return conversion.becauseAll(part, 'this is no string of FHIR');
  return { value: text, traces: leaves.map((leaf) => traceOf('', leaf)) };
};

/** A name where a time may stand: NDL has one in its second component, an XCN the family name. */
const noTime: Special = (conversion, part) => {
  const leaf = leafOf(part);
  const text = leaf && readText(conversion, leaf);
  if (leaf === undefined || text === undefined || /^\d{4,}/.test(text)) return undefined;
  return { value: text, traces: [traceOf('', leaf)] };
};

/** The types that a map names and that need more than rules. */
export const SPECIAL: Readonly<Record<string, Special>> = {
  'authority-system': authoritySystem,
  'authority-assigner': authorityAssigner,
  endpoint,
  'telephone-of-parts': telephoneOfParts,
  mail,
  response,
  'uri-or-oid': uriOrOid,
  'coding-system': systemOfCodes,
  'organization-identifier': organizationIdentifier,
  days,
  'provider-number': providerNumber,
  'as-sent': asSent,
  'no-time': noTime,
  'observation-value': observationValue,
  'observation-component': observationComponent,
  attachment,
  'text-attachment': textAttachment,
  quantity,
  duration,
  minutes,
  'end-of-duration': endOfDuration,
};
