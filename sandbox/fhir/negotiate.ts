import { checkContentType } from '../http/negotiate.ts';
import type { Call } from '../pattern.ts';
import { INVALID_PARAMETER, NOT_ACCEPTABLE, problem, UNSUPPORTED_MEDIA_TYPE } from '../problem.ts';
import type { FhirFormat } from './format.ts';

/** How a reply is to look. */
export interface Shape {
  readonly format: FhirFormat;
  readonly contentType: string;
  readonly pretty: boolean;
}

interface MediaRange {
  readonly type: string;
  readonly q: number;
  readonly fhirVersion: string | undefined;
}

const parseRange = (text: string): MediaRange => {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  let q = 1;
  let fhirVersion: string | undefined;
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=').map((part) => part.trim().replace(/^"(.*)"$/, '$1'));
    if (name.toLowerCase() === 'q') q = Number(value);
    if (name.toLowerCase() === 'fhirversion') fhirVersion = value;
  }
  return { type: type.toLowerCase(), q: Number.isNaN(q) ? 0 : q, fhirVersion };
};

// R4 http.html#version-parameter: publication.major, without the minor version; 4.0.1 is tolerated.
const isR4 = (version: string | undefined): boolean => version === undefined || /^4\.0(?:\.[01])?$/.test(version);

const served = (formats: readonly FhirFormat[]): string => formats.map((format) => format.mediaTypes[0]).join(', ');

const withVersion = (type: string, version: string | undefined): string =>
  version === undefined ? `${type}; charset=utf-8` : `${type}; fhirVersion=4.0; charset=utf-8`;

const byRange = (
  formats: readonly FhirFormat[],
  range: MediaRange,
): { format: FhirFormat; type: string } | undefined => {
  for (const format of formats) {
    const [own] = format.mediaTypes;
    if (format.mediaTypes.includes(range.type)) {
      // http.html#mime-type: who asks for a generic type gets that very type.
      return { format, type: range.type === 'application/json+fhir' ? own : range.type };
    }
    if (range.type === '*/*' || range.type === 'application/*' || range.type === '') return { format, type: own };
  }
  return undefined;
};

const byAccept = (accept: string, formats: readonly FhirFormat[]): Omit<Shape, 'pretty'> => {
  const ranges = accept
    .split(',')
    .map(parseRange)
    .filter((range) => range.q > 0);
  let otherVersion: string | undefined;
  for (const range of ranges.toSorted((a, b) => b.q - a.q)) {
    const found = byRange(formats, range);
    if (found === undefined) continue;
    if (isR4(range.fhirVersion))
      return { format: found.format, contentType: withVersion(found.type, range.fhirVersion) };
    otherVersion = range.fhirVersion;
  }
  const detail =
    otherVersion === undefined
      ? `Accept '${accept.slice(0, 100)}' names nothing that is served: ${served(formats)}`
      : `FHIR version ${otherVersion.slice(0, 20)} is not served: this endpoint is FHIR 4.0`;
  throw problem(NOT_ACCEPTABLE, detail, { at: 'Accept' });
};

const byParameter = (wanted: string, formats: readonly FhirFormat[]): Omit<Shape, 'pretty'> => {
  // An unescaped `+` in a query arrives as a space.
  const range = parseRange(wanted.replace(/ (?=json|xml)/, '+'));
  const format = formats.find(({ code, mediaTypes }) => code === range.type || mediaTypes.includes(range.type));
  if (format === undefined || !isR4(range.fhirVersion))
    throw problem(NOT_ACCEPTABLE, `_format '${wanted.slice(0, 100)}' is not served: ${served(formats)}`, {
      at: '_format',
    });
  const type = range.type.includes('/') && range.type !== 'application/json+fhir' ? range.type : format.mediaTypes[0];
  return { format, contentType: withVersion(type, range.fhirVersion) };
};

/** What it comes to where nothing is said, for each set of formats: worked out once. */
const usualShapes = new WeakMap<readonly FhirFormat[], Shape>();

const usual = (formats: readonly FhirFormat[]): Shape => {
  const shape = usualShapes.get(formats) ?? { ...byAccept('*/*', formats), pretty: false };
  usualShapes.set(formats, shape);
  return shape;
};

/** `_format` first, then Accept; nothing said is FHIR's own JSON. FHIR R4 http.html#mime-type, #parameters */
export const negotiate = (call: Call, formats: readonly FhirFormat[]): Shape => {
  if (call.query.size === 0 && call.headers.accept === undefined) return usual(formats);
  const wanted = call.query.get('_format');
  const chosen = wanted ? byParameter(wanted, formats) : byAccept(call.headers.accept ?? '*/*', formats);
  const pretty = call.query.get('_pretty');
  if (pretty !== null && pretty !== 'true' && pretty !== 'false')
    throw problem(INVALID_PARAMETER, `_pretty is 'true' or 'false', not '${pretty.slice(0, 40)}'`, { at: '_pretty' });
  return { ...chosen, pretty: pretty === 'true' };
};

const PATCH = 'application/json-patch+json';

/** Refuses a body of a type that only a Binary is made of (binary-content.ts), and one that says it is of another FHIR version. */
export const requireR4Body = ({ headers: { 'content-type': header } }: Call, formats: readonly FhirFormat[]): void => {
  if (header === undefined) return;
  const { type, fhirVersion } = parseRange(header);
  if (type !== PATCH && !formats.some(({ mediaTypes }) => mediaTypes.includes(type)))
    checkContentType(
      header,
      formats.flatMap(({ mediaTypes }) => [...mediaTypes]),
    );
  if (isR4(fhirVersion)) return;
  const detail = `The body is FHIR ${fhirVersion?.slice(0, 20)}; this endpoint is FHIR 4.0`;
  throw problem(UNSUPPORTED_MEDIA_TYPE, detail, { at: 'Content-Type' });
};
