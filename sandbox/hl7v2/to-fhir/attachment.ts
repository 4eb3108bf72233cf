import type { Conversion } from './conversion.ts';
import { type Json, type Made, type Trace, traceOf } from './element.ts';
import { leafAt, leavesOf, type Part } from './part.ts';
import { PRIMITIVES } from './primitives.ts';
import { asUri } from './vocabulary.ts';

/** How an ED encodes its data (table 0299), as base64; undefined where it does not hold what it says. */
const encode = (text: string, encoding: string): string | undefined => {
  if (encoding === 'BASE64') {
    const whole = PRIMITIVES.base64?.(text, '');
    return typeof whole === 'string' ? whole : undefined;
  }
  if (encoding === 'HEX')
    return /^(?:[0-9A-F]{2})+$/i.test(text) ? Buffer.from(text, 'hex').toString('base64') : undefined;
  return Buffer.from(text).toString('base64');
};

const TYPES: Readonly<Record<string, string>> = {
  PDF: 'application/pdf',
  HTML: 'text/html',
  XML: 'text/xml',
  RTF: 'application/rtf',
  PLAIN: 'text/plain',
  TEXT: 'text/plain',
  JPEG: 'image/jpeg',
  PNG: 'image/png',
  TIFF: 'image/tiff',
};

/** MIME type of an ED or RP, which say it as type and subtype (tables 0191 and 0291). */
const contentType = (type: string, subtype: string): string | undefined => {
  const known = TYPES[subtype.toUpperCase()] ?? TYPES[type.toUpperCase()];
  if (known !== undefined) return known;
  const whole = `${type}/${subtype}`.toLowerCase();
  return /^(?:application|audio|image|text|video)\/[a-z0-9.+-]+$/.test(whole) ? whole : undefined;
};

const typed = (conversion: Conversion, part: Part, places: readonly number[]): { value: Json; traces: Trace[] } => {
  const leaves = places.map((place) => leafAt(part, place));
  const [type = '', subtype = ''] = leaves.map((leaf) => (leaf === undefined ? '' : conversion.text(leaf)));
  const found = contentType(type, subtype);
  if (found === undefined) return { value: {}, traces: [] };
  const used = leaves.filter((leaf) => leaf !== undefined);
  return {
    value: { contentType: found },
    traces: used.map((leaf) => traceOf('contentType', leaf)),
  };
};

/** ED: application ^ type ^ subtype ^ encoding ^ data. */
const embedded = (conversion: Conversion, part: Part): Made | undefined => {
  const [encoding, data] = [leafAt(part, 4), leafAt(part, 5)];
  if (data === undefined) return undefined;
  const how = encoding === undefined ? 'A' : conversion.text(encoding).toUpperCase();
  const base64 = encode(conversion.text(data), how);
  if (base64 === undefined) return conversion.because(data, `the data is not encoded as ${how}`);
  const type = typed(conversion, part, [2, 3]);
  const used = [data, ...(encoding === undefined ? [] : [encoding])];
  const unknown = 'contentType' in type.value ? [] : [{ element: 'contentType', from: data.path }];
  return {
    value: { contentType: 'application/octet-stream', ...type.value, data: base64 },
    traces: [...type.traces, ...unknown, ...used.map((leaf) => traceOf('data', leaf))],
  };
};

/** RP: pointer ^ application ^ type ^ subtype. */
const pointed = (conversion: Conversion, part: Part): Made | undefined => {
  const pointer = leafAt(part, 1);
  const url = pointer === undefined ? undefined : asUri(conversion.text(pointer));
  if (pointer === undefined || url === undefined) return conversion.because(pointer, 'the pointer is no URI');
  const type = typed(conversion, part, [3, 4]);
  return {
    value: { ...type.value, url },
    traces: [...type.traces, traceOf('url', pointer)],
  };
};

/** What the fifth component tells apart: an ED has its data there, an RP has no fifth. */
export const attachment = (conversion: Conversion, part: Part): Made | undefined =>
  leafAt(part, 5) === undefined ? pointed(conversion, part) : embedded(conversion, part);

/** The text of an OBX as a document: lines, one for each repetition. */
export const textAttachment = (conversion: Conversion, part: Part): Made | undefined => {
  const leaves = leavesOf(part);
  const [first] = leaves;
  if (first === undefined) return undefined;
  const text = leaves.map((leaf) => conversion.text(leaf)).join(' ');
  return {
    value: { contentType: 'text/plain; charset=utf-8', data: Buffer.from(text).toString('base64') },
    traces: [{ element: 'contentType', from: first.path }, ...leaves.map((leaf) => traceOf('data', leaf))],
  };
};
