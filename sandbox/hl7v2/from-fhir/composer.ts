import { createMessage, type Hl7Message } from '../message.ts';
import type { Node } from './reading.ts';

/** Where a part of the message came from. */
export interface Origin {
  /** `PID-5[1].1`. */
  readonly to: string;
  readonly entry: number;
  readonly resourceType: string;
  readonly element: string;
}

/** A message that is being written, and from which elements. */
export class Composer {
  readonly message: Hl7Message = createMessage();
  readonly lineage: Origin[] = [];
  #types: ReadonlyMap<number, string>;

  constructor(types: ReadonlyMap<number, string>) {
    this.#types = types;
    this.message.set('MSH-18', 'UNICODE UTF-8');
  }

  /** Adds a segment at the end; returns how a path of it begins. */
  segment(name: string): string {
    return this.message.addSegment(name);
  }

  /** A text that the message needs, whatever is told. */
  say(path: string, text: string): void {
    this.message.set(path, text);
  }

  /** What an element says, as `write` makes it a text of HL7 v2; nothing where it is not there or becomes nothing. */
  put(path: string, node: Node | undefined, write: (text: string) => string | undefined = (text) => text): boolean {
    if (node === undefined || node.value === undefined) return false;
    const { entry, element, value } = node;
    if (typeof value === 'object') return false;
    const written = write(String(value));
    if (written === undefined || written === '') return false;
    node.text();
    this.message.set(path, written);
    const to = path.replace(/^([A-Z][A-Z0-9]{2})\[1\]/, '$1');
    this.lineage.push({ to, entry, resourceType: this.#types.get(entry) ?? 'Bundle', element });
    return true;
  }
}
