import { describe, expect, it } from 'vitest';
import type { Link, Rule, SegmentRule } from './map-shape.ts';
import { maps, messageMapOf } from './maps.ts';
import { PRIMITIVES } from './primitives.ts';
import { SPECIAL } from './special.ts';

const { messages, segments, types, codes } = maps();
const parts = [...segments, ...types].map(([name, map]) => ({ name, map }));
const isType = (name: string): boolean =>
  name in PRIMITIVES || name in SPECIAL || ['CodeableConcept', 'Coding'].includes(name) || types.has(name);
const linksOf = ({ refs = [], linkedFrom = [] }: SegmentRule): readonly Link[] => [...refs, ...linkedFrom];
const usedSegments = new Set(
  [...messages.values()]
    .flatMap(({ segments: of }) => Object.values(of).flat())
    .flatMap((rule) => [
      ...(rule.map === undefined ? [] : [rule.map]),
      ...linksOf(rule).flatMap(({ map }) => map ?? []),
    ]),
);

describe('the maps', () => {
  it.each(parts)('$name names only types, vocabularies and resources that are there', ({ map }) => {
    const wrong = map.rules.flatMap(({ type, codes: vocabulary, resource }: Rule) => [
      ...(type === undefined || isType(type) ? [] : [`type ${type}`]),
      ...(vocabulary === undefined || codes.has(vocabulary) ? [] : [`codes ${vocabulary}`]),
      ...(resource === undefined || types.get(resource)?.resource !== undefined ? [] : [`resource ${resource}`]),
    ]);
    expect(wrong).toEqual([]);
  });

  it.each([...messages])('%s names only segment maps and resources that are there', (_, map) => {
    const rules = Object.entries(map.segments).flatMap(([segment, all]) => all.map((rule) => ({ segment, rule })));
    const made = new Set(rules.flatMap(({ rule }) => rule.as ?? []));
    for (const { segment, rule } of rules) {
      if (rule.dropped === undefined) expect(segments.get(rule.map ?? ''), `${segment}: ${rule.map}`).toBeDefined();
      for (const name of [...(rule.into ?? []), ...linksOf(rule).map(({ context }) => context)])
        expect(made, `${segment}: ${name}`).toContain(name);
    }
  });

  it('are all used, and each says where it comes from', () => {
    expect([...segments.keys()].filter((name) => !usedSegments.has(name) && name !== 'MSH-bundle')).toEqual([]);
    const rules = parts.flatMap(({ map }) => map.rules);
    const named = new Set(rules.flatMap(({ type, resource }) => [type ?? [], resource ?? []].flat()));
    expect([...types.keys()].filter((name) => !named.has(name))).toEqual([]);
    for (const { map } of parts) expect(map.source).toMatch(/^(?:v2-to-FHIR|ours)/);
    for (const { source } of [...messages.values(), ...codes.values()]) expect(source.length).toBeGreaterThan(10);
  });

  it.each([
    ['ADT', 'A01', 'ADT'],
    ['ADT', 'A40', 'ADT-A40'],
    ['ORU', 'R30', 'ORU'],
    ['ZZZ', 'Z01', 'any'],
    ['', '', 'any'],
  ])('%s^%s is read by %s', (type, event, name) => {
    expect(messageMapOf(type, event)).toBe(messages.get(name));
  });
});
