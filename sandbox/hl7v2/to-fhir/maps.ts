import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Check, table } from '../../dialect-shape.ts';
import { isJson, type Json } from './element.ts';
import { groupMap, messageMap, object, partMap, vocabulary } from './map-checks.ts';
import type { CodeMap, GroupMap, MessageMap, PartMap, Vocabulary } from './map-shape.ts';

/** All that the maps of HL7 v2 to FHIR say, by the names of their files. */
export interface Maps {
  readonly messages: ReadonlyMap<string, MessageMap>;
  readonly segments: ReadonlyMap<string, PartMap>;
  readonly reasons: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly types: ReadonlyMap<string, PartMap>;
  readonly codes: ReadonlyMap<string, Vocabulary>;
  /** What each type of resource has to have, where no message says it. */
  readonly required: Readonly<Record<string, Readonly<Json>>>;
}

const FOLDER = new URL('../maps/', import.meta.url);

const readFolder = <T>(
  kind: string,
  check: Check,
  make: (value: T) => T = (value) => value,
): ReadonlyMap<string, T> => {
  const folder = new URL(`${kind}/`, FOLDER);
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return new Map(
    files.sort().map((file): [string, T] => {
      const value: unknown = parse(readFileSync(new URL(file, folder), 'utf8'));
      const faults: string[] = [];
      check(value, file, faults);
      if (faults.length > 0) throw new Error(`sandbox/hl7v2/maps/${kind}/${file}\n${faults.join('\n')}`);
      return [file.slice(0, -'.yaml'.length), make(value as T)];
    }),
  );
};

/** A code that is only text means the code of the target system. */
const spellOut = ({ source, system, codes }: Vocabulary): Vocabulary => ({
  source,
  system,
  codes: Object.fromEntries(
    Object.entries(codes).map(([from, to]): [string, CodeMap[string]] => [
      from,
      typeof to === 'string' ? { code: to } : to,
    ]),
  ),
});

const readRequired = (): Maps['required'] => {
  const value: unknown = parse(readFileSync(new URL('required.yaml', FOLDER), 'utf8'));
  const faults: string[] = [];
  table(/^[A-Z][A-Za-z]+$/, object)(value, 'required.yaml', faults);
  if (faults.length > 0 || !isJson(value)) throw new Error(`sandbox/hl7v2/maps/required.yaml\n${faults.join('\n')}`);
  return Object.fromEntries(Object.entries(value).map(([type, body]) => [type, isJson(body) ? body : {}]));
};

/** What is the same in messages of several kinds stands once; what a map says of a segment itself takes its place. */
const withGroups =
  (groups: ReadonlyMap<string, GroupMap>) =>
  (map: MessageMap): MessageMap => {
    const shared = (map.groups ?? []).map((name) => {
      const group = groups.get(name);
      if (group === undefined) throw new Error(`There is no group ${name} in sandbox/hl7v2/maps/groups`);
      return group.segments;
    });
    return { ...map, segments: Object.assign({}, ...shared, map.segments) };
  };

/** Why fields are left out, by segment: a map of the segment says it. */
const readReasons = (segments: Maps['segments']): Maps['reasons'] => {
  const reasons = new Map<string, Map<string, string>>();
  for (const [name, { dropped = {} }] of segments) {
    const segment = name.slice(0, 3);
    const own = reasons.get(segment) ?? new Map<string, string>();
    for (const [field, reason] of Object.entries(dropped)) if (!own.has(field)) own.set(field, reason);
    reasons.set(segment, own);
  }
  return reasons;
};

const read = (): Maps => {
  const segments = readFolder<PartMap>('segments', partMap);
  return {
    messages: readFolder<MessageMap>('messages', messageMap, withGroups(readFolder<GroupMap>('groups', groupMap))),
    segments,
    reasons: readReasons(segments),
    types: readFolder<PartMap>('types', partMap),
    codes: readFolder<Vocabulary>('codes', vocabulary, spellOut),
    required: readRequired(),
  };
};

/** One reading of files that never change while the program runs; empty until somebody asks. */
const kept: { maps?: Maps } = {};

/** Throws where a file is not as it should be. */
export const maps = (): Maps => {
  kept.maps ??= read();
  return kept.maps;
};

/** The map for a message: of its type and event, else of its type, else the general one. */
export const messageMapOf = (type: string, event: string): MessageMap => {
  const all = [...maps().messages.values()];
  const found = [`${type}^${event}`, type, '*']
    .map((name) => all.find(({ types }) => types.includes(name)))
    .find(Boolean);
  if (found === undefined) throw new Error('There is no map for messages of any type');
  return found;
};
