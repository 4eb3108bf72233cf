import { isUtf8 } from 'node:buffer';
import { MALFORMED_BODY, type ProblemError, problem } from '../problem.ts';
import { locateJsonFault } from './json-fault.ts';

declare global {
  // ECMAScript proposal "JSON.parse source text access", in Node since 22; TypeScript's libraries do not name it yet.
  interface JSON {
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
    parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  }
}

/** Deeper than any resource that means something; it bounds every walk over a parsed tree. */
export const MAX_DEPTH = 100;

const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const SPACE = 32;

interface Scan {
  readonly keys: number;
  readonly depth: number;
}

/** One pass over the text: how many properties it names and how deep it goes. Right only where the text is valid JSON. */
const scan = (text: string): Scan => {
  let keys = 0;
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      for (at++; at < text.length; at++) {
        const inside = text.charCodeAt(at);
        if (inside === BACKSLASH) at++;
        else if (inside === QUOTE) break;
      }
    } else if (code === COLON) keys++;
    else if (code === 123 || code === 91) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (code === 125 || code === 93) depth--;
  }
  return { keys, depth: deepest };
};

/**
 * The same for most texts, by looking at their colons alone: with no backslash and no space before a colon, every property is
 * a quote and a colon. So is the beginning of a string like ":x", so there may be fewer, but never more. Undefined where this
 * way is none.
 */
const mostKeys = (text: string): number | undefined => {
  if (text.includes('\\')) return undefined;
  let keys = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    const before = text.charCodeAt(at - 1);
    if (before === QUOTE) keys++;
    else if (before <= SPACE) return undefined;
  }
  return keys;
};

interface Count {
  /** Not a number where it goes too deep. */
  keys: number;
  numbers: boolean;
}

const count = (node: unknown, found: Count, depth: number): void => {
  if (typeof node === 'number') found.numbers = true;
  if (typeof node !== 'object' || node === null) return;
  if (depth > MAX_DEPTH) found.keys = Number.NaN;
  else if (Array.isArray(node)) for (const item of node) count(item, found, depth + 1);
  else {
    const items = Object.values(node);
    found.keys += items.length;
    for (const item of items) if (typeof item !== 'string') count(item, found, depth + 1);
  }
};

// 1.10, 1e3 and numbers beyond a double's digits: `JSON.parse` would print them otherwise (FHIR R4 datatypes.html#decimal).
const DECIMAL_AT_RISK = /[:[,]\s*-?(?:\d+\.\d*0(?!\d)|\d*\.?\d+[eE]|[\d.]{16,})/;

// Backslash-u-0000 as an escape; behind an odd number of backslashes it is that text, which is allowed.
const ESCAPED_NUL = /(?<!\\)(?:\\\\)*\\u0000/;

const exactly = (_key: string, value: unknown, context: { source?: string }): unknown =>
  typeof value === 'number' && context.source !== undefined && String(value) !== context.source
    ? JSON.rawJSON(context.source)
    : value;

const malformed = (text: string): ProblemError => {
  const { detail, position, line, column, at } = locateJsonFault(text, MAX_DEPTH);
  const inside = at === '' ? '' : `, in ${at}`;
  return problem(MALFORMED_BODY, `${detail} at line ${line}, column ${column} (character ${position})${inside}`);
};

/**
 * Parses a body; refuses with the place whatever is not JSON, names a property twice, or is nested beyond `MAX_DEPTH`.
 * A decimal that a double would print otherwise stays as it was written, as raw JSON: serialised again it is the same.
 */
export const parseJson = (body: string | Uint8Array): unknown => {
  const text = typeof body === 'string' ? body : decodeUtf8(body);
  if (text.trim() === '') throw problem(MALFORMED_BODY, 'The body is empty; a JSON body is required');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(text);
  }
  const found: Count = { keys: 0, numbers: false };
  count(value, found, 1);
  const named = found.keys;
  // A property that is named twice is one in the value.
  if (named !== mostKeys(text)) {
    const { keys, depth } = scan(text);
    if (depth > MAX_DEPTH || named !== keys) throw malformed(text);
  }
  if (text.includes('\\u0000') && ESCAPED_NUL.test(text)) throw malformed(text);
  return found.numbers && DECIMAL_AT_RISK.test(text) ? JSON.parse(text, exactly) : value;
};

const hasRaw = (node: unknown): boolean => {
  if (typeof node !== 'object' || node === null) return false;
  if (Array.isArray(node)) return node.some(hasRaw);
  return JSON.isRawJSON(node) || Object.values(node).some(hasRaw);
};

/** The same tree with ordinary numbers, for whoever computes with it (validation, the index). */
export const withOrdinaryNumbers = <T>(value: T): T => (hasRaw(value) ? JSON.parse(JSON.stringify(value)) : value);

const decodeUtf8 = (body: Uint8Array): string => {
  if (!isUtf8(body))
    throw problem(MALFORMED_BODY, `The body is not UTF-8: the bytes from ${firstBadByte(body)} on are no character`);
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  // A byte order mark is let pass (RFC 8259 section 8.1).
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
};

const firstBadByte = (body: Uint8Array): number => {
  let low = 0;
  let high = body.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(body.subarray(0, middle), { stream: true });
      low = middle;
    } catch {
      high = middle - 1;
    }
  }
  return low;
};
