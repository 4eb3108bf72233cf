import { writeLocation } from '../path.ts';
import { completeAppointment } from './appointment.ts';
import { type Conversion, type Draft, type Entry, newDraft } from './conversion.ts';
import { copyOf, fillUp, type Json, place } from './element.ts';
import type { Link, MessageMap, SegmentRule } from './map-shape.ts';
import { maps } from './maps.ts';
import type { SegmentAt } from './part.ts';
import { applyRules } from './rules.ts';
import { holds } from './scope.ts';

/** What the resources of a message are called on the way, the latest use last. */
type Contexts = Map<string, Entry>;

const segmentMap = (name: string) => {
  const map = maps().segments.get(name);
  if (map === undefined) throw new Error(`There is no segment map ${name}`);
  return map;
};

const touch = (contexts: Contexts, name: string, entry: Entry): void => {
  contexts.delete(name);
  contexts.set(name, entry);
};

/** Puts an item that refers to one resource into another; it has what the link and the segment say besides. */
const refer = (conversion: Conversion, holder: Entry, target: Entry, link: Link, segment: SegmentAt): void => {
  const reference = { reference: target.fullUrl };
  const item: Json = {};
  const draft: Draft = newDraft(item);
  if (link.map !== undefined) applyRules(conversion, segmentMap(link.map), { segment }, draft);
  if (link.within !== undefined) place(item, link.within, reference);
  const from = writeLocation({ segment: segment.name, occurrence: segment.occurrence });
  draft.traces.push(...fillUp(item, link.with ?? {}).map((element) => ({ element, from })));
  const element = place(holder.body, link.to, link.within === undefined ? reference : item);
  if (element !== undefined) conversion.keep(holder, draft, element);
};

/** What FHIR requires of a resource and it has not: `_recorded` stands in for `recorded`, `occurrence…` for any of its kind. */
const missing = ({ type, body }: Entry): Json =>
  Object.fromEntries(
    Object.entries(maps().required[type] ?? {}).filter(([name]) => {
      const choice = /^(?:event|occurrence)(?=[A-Z])/.exec(name)?.[0];
      const has = (key: string): boolean =>
        key === name || `_${key}` === name || (choice !== undefined && key.startsWith(choice));
      return !Object.keys(body).some(has);
    }),
  );

class Walk {
  readonly #conversion: Conversion;
  readonly #contexts: Contexts = new Map();
  /** Whose references to all others are set at the end. */
  readonly #toAll: { readonly entry: Entry; readonly to: string }[] = [];

  constructor(conversion: Conversion) {
    this.#conversion = conversion;
  }

  /** The latest of the resources that go by these names. */
  #latest(names: readonly string[]): { readonly name: string; readonly entry: Entry } | undefined {
    const name = [...this.#contexts.keys()].findLast((one) => names.includes(one));
    const entry = name === undefined ? undefined : this.#contexts.get(name);
    return name === undefined || entry === undefined ? undefined : { name, entry };
  }

  /** What the trigger event says: before the segment is read it is stronger, afterwards it fills what is missing. */
  #byEvent(said: SegmentRule['byEvent'], draft: Draft): void {
    for (const [element, value] of Object.entries(said?.[this.#conversion.event] ?? {}))
      if (place(draft.body, element, copyOf(value)) !== undefined) draft.traces.push({ element, from: 'MSH-9[1].2' });
  }

  #into(rule: SegmentRule, at: SegmentAt, found: { readonly name: string; readonly entry: Entry }): void {
    const { name, entry } = found;
    const map = segmentMap(rule.map);
    const scope = { segment: at };
    if (rule.at === undefined) {
      this.#conversion.keep(entry, applyRules(this.#conversion, map, scope, newDraft(entry.body)));
    } else {
      const draft = applyRules(this.#conversion, map, scope, newDraft());
      const element = draft.traces.length === 0 ? undefined : place(entry.body, rule.at, draft.body);
      if (element !== undefined) this.#conversion.keep(entry, draft, element);
    }
    entry.segments.add(at.name);
    touch(this.#contexts, name, entry);
  }

  #make(rule: SegmentRule, at: SegmentAt): void {
    const map = segmentMap(rule.map);
    if (map.resource === undefined) throw new Error(`${rule.map} makes no resource`);
    const scope = { segment: at };
    const draft = newDraft();
    this.#byEvent(rule.byEvent, draft);
    applyRules(this.#conversion, map, scope, draft);
    this.#byEvent(rule.elseByEvent, draft);
    for (const element of rule.removedByEvent?.[this.#conversion.event] ?? [])
      draft.removed.push({ element, from: 'MSH-9[1].2' });
    const entry = this.#conversion.add(map.resource, draft);
    entry.segments.add(at.name);
    for (const name of rule.closes ?? []) this.#contexts.delete(name);
    for (const link of rule.refs ?? []) {
      const target = this.#contexts.get(link.context);
      if (target !== undefined) refer(this.#conversion, entry, target, link, at);
    }
    for (const link of rule.linkedFrom ?? []) {
      const holder = this.#contexts.get(link.context);
      if (holder !== undefined) refer(this.#conversion, holder, entry, link, at);
    }
    if (rule.as !== undefined) touch(this.#contexts, rule.as, entry);
    if (rule.refsToAll !== undefined) this.#toAll.push({ entry, to: rule.refsToAll });
  }

  run(map: MessageMap): void {
    for (const at of this.#conversion.segments) {
      const rules = map.segments[at.name] ?? [];
      for (const rule of rules) {
        if (!holds(this.#conversion, { segment: at }, rule.when)) continue;
        const found = rule.into === undefined ? undefined : this.#latest(rule.into);
        const isFree = found !== undefined && !(rule.once === true && found.entry.segments.has(at.name));
        if (isFree) this.#into(rule, at, found);
        else if (rule.into === undefined || rule.once === true) this.#make(rule, at);
      }
    }
    for (const { entry, to } of this.#toAll) {
      const others = this.#conversion.entries.filter(({ type }) => type !== 'MessageHeader' && type !== 'Provenance');
      const targets = others.length > 0 ? others : this.#conversion.entries.slice(0, 1);
      for (const { fullUrl } of targets) place(entry.body, to, { reference: fullUrl });
    }
    for (const entry of this.#conversion.entries)
      if (entry.type === 'Appointment') completeAppointment(this.#conversion, entry);
    for (const entry of this.#conversion.entries) entry.assumed.push(...fillUp(entry.body, missing(entry)));
  }
}

/** Makes the resources of a message, segment by segment: each goes where the map says, beside or into what came before. */
export const walk = (conversion: Conversion, map: MessageMap): void => new Walk(conversion).run(map);
