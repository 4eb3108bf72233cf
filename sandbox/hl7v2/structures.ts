import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { list, matching, shape, text } from '../dialect-shape.ts';
import { type Item, readGrammar, segmentsIn } from './structure-grammar.ts';

/** What the messages of some events are made of: `structures/<name>.yaml`. */
export interface Structure {
  readonly name: string;
  /** Other names of it in MSH-9.3. */
  readonly also: readonly string[];
  readonly items: readonly Item[];
  readonly segments: ReadonlySet<string>;
  /** Fields that may not be empty where their segment is there, by segment: `PID` → 3, 5. */
  readonly required: readonly { readonly segment: string; readonly field: number }[];
}

interface StructureFile {
  readonly events: readonly string[];
  readonly also?: readonly string[];
  readonly segments: string;
  readonly required: readonly string[];
}

const fileShape = shape(
  {
    source: text,
    events: list(matching(/^[A-Z]{3}\^[A-Z]\d\d$/, 'a type and an event, such as ADT^A01')),
    segments: text,
    required: list(matching(/^[A-Z][A-Z0-9]{2}-\d+$/, 'a field, such as PID-3')),
  },
  { also: list(matching(/^[A-Z]{3}_[A-Z]\d\d$/, 'a structure, such as ADT_A01')) },
);

const isFile = (value: unknown, faults: string[]): value is StructureFile => {
  fileShape(value, '', faults);
  return faults.length === 0;
};

const FOLDER = new URL('./structures/', import.meta.url);

const read = (): ReadonlyMap<string, Structure> => {
  const found = new Map<string, Structure>();
  for (const file of readdirSync(FOLDER).filter((one) => one.endsWith('.yaml'))) {
    const value: unknown = parse(readFileSync(new URL(file, FOLDER), 'utf8'));
    const faults: string[] = [];
    if (!isFile(value, faults)) throw new Error(`sandbox/hl7v2/structures/${file}\n${faults.join('\n')}`);
    const items = readGrammar(value.segments);
    const required = value.required.map((path) => ({ segment: path.slice(0, 3), field: Number(path.slice(4)) }));
    const name = file.slice(0, -'.yaml'.length);
    const structure = { name, also: value.also ?? [], items, segments: new Set(segmentsIn(items)), required };
    for (const event of value.events) found.set(event, structure);
  }
  return found;
};

/** One reading of files that never change while the program runs; empty until somebody asks. */
const kept: { structures?: ReadonlyMap<string, Structure> } = {};

/** By type and event, `ADT^A01`. Throws where a file is not as it should be. */
export const structures = (): ReadonlyMap<string, Structure> => {
  kept.structures ??= read();
  return kept.structures;
};
