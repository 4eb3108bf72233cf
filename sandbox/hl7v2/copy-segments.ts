import { addEscapes } from './escapes.ts';
import type { Hl7Message } from './message.ts';
import { joinNested } from './nested.ts';

/**
 * Adds segments of one message to another, whatever delimiters and character set that has. Throws Hl7Error where a character
 * does not exist in it.
 */
export const copySegments = (to: Hl7Message, from: Hl7Message, names: readonly string[]): void => {
  const counts = new Map<string, number>();
  const text = (leaf: string): string => addEscapes(to.charset.encode(from.decode(leaf)), to.delimiters);
  for (const line of from.lines().slice(1)) {
    const name = line.slice(0, 3);
    const occurrence = (counts.get(name) ?? 0) + 1;
    counts.set(name, occurrence);
    if (!names.includes(name)) continue;
    const path = to.addSegment(name);
    const last = line.split(from.delimiters.field).length - 1;
    for (let field = 1; field <= last; field += 1) {
      const nested = from.field(name, occurrence, field) ?? [];
      const written = nested.map((repetition) => repetition.map((component) => component.map(text)));
      to.setEncoded(`${path}-${field}`, joinNested(written, to.delimiters));
    }
  }
};
