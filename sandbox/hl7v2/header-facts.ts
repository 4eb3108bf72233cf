import type { LoadedSandbox } from '../participants.ts';
import type { Caller } from '../pattern.ts';
import type { Stem } from './acknowledge.ts';
import type { Named } from './check-structure.ts';
import type { Mode } from './enhanced.ts';
import type { Hl7Message } from './message.ts';
import type { Hl7Receiver } from './receiver.ts';

/**
 * What is known of all messages whose headers differ in no more than the time, the control id and the sequence number (MSH-7,
 * MSH-10, MSH-13), as those of one sender do. Each member is worked out by whoever asks first.
 */
export class HeaderFacts {
  /** `none` where MSH-9 is no operation. */
  operation: string | 'none' | undefined;
  /** `none` in original mode. */
  mode: Mode | 'none' | undefined;
  /** Who MSH-3 and MSH-4 say that it is, as kept replies call it. */
  sender: string | undefined;
  /** Its structure. */
  named: Named | undefined;
  /** Who takes such messages, as far as the header says it. */
  readonly takenBy = new WeakSet<Hl7Receiver>();
  /** Who sends, by whom it is sent to; asked anew when the sandbox is another, for then it is another object. */
  readonly callers = new WeakMap<LoadedSandbox, Map<string, Caller>>();
  /** By the first letter of the code. */
  readonly stems = new Map<string, Stem>();
}

/** What stands in no key. */
const VARY = [7, 10, 13];
/** A header that says more than this is worked out each time. */
const KEY_MAX = 600;
const KEPT_MAX = 200;

/** The header without the content of what varies; its delimiters stay, so that no two headers have the same parts. */
const partsOf = (head: string, field: string): readonly string[] => {
  const parts: string[] = [];
  let from = 0;
  // Behind this one begins MSH-2.
  let at = 3;
  let number = 2;
  for (const varying of VARY) {
    for (; number < varying; number += 1) {
      at = head.indexOf(field, at + 1);
      if (at < 0) return [...parts, head.slice(from)];
    }
    parts.push(head.slice(from, at + 1));
    const end = head.indexOf(field, at + 1);
    if (end < 0) return parts;
    from = end;
  }
  return [...parts, head.slice(from)];
};

/** Whether a header is made of these parts, and what varies between them. */
const isOf = (head: string, field: string, parts: readonly string[]): boolean => {
  let at = 0;
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index] ?? '';
    if (index > 0) at = head.indexOf(field, at);
    if (at < 0 || !head.startsWith(part, at)) return false;
    at += part.length;
  }
  return at === head.length;
};

const kept = new Map<string, HeaderFacts>();

/** The one that was asked for last, of a whole header: most messages follow another of their sender. */
const latest: { parts: readonly string[]; facts: HeaderFacts | undefined } = { parts: [], facts: undefined };

export const factsOf = (header: Hl7Message): HeaderFacts => {
  const [head = ''] = header.lines();
  if (head.length > KEY_MAX) return new HeaderFacts();
  const { field } = header.delimiters;
  if (latest.facts !== undefined && isOf(head, field, latest.parts)) return latest.facts;
  const parts = partsOf(head, field);
  const key = parts.join('');
  const facts = kept.get(key) ?? new HeaderFacts();
  if (!kept.has(key)) {
    if (kept.size >= KEPT_MAX) kept.clear();
    kept.set(key, facts);
  }
  if (parts.length > VARY.length) {
    latest.parts = parts;
    latest.facts = facts;
  }
  return facts;
};
