import { writeLocation } from '../path.ts';
import { completeAppointment } from './appointment.ts';
import { type Conversion, type Draft, type Entry, newDraft } from './conversion.ts';
import { completeDocument } from './document.ts';
import { copyOf, fillUp, type Json, place } from './element.ts';
import type { Link, MessageMap, SegmentRule } from './map-shape.ts';
import { maps } from './maps.ts';
import type { SegmentAt } from './part.ts';
import { applyRules } from './rules.ts';
import { holds } from './scope.ts';
import { completeTiming } from './timing.ts';

/** What the resources of a message are called on the way, the latest use last. */
type Contexts = Map<string, Entry>;

/** A resource, and what it is called. */
interface Named {
  readonly name: string;
  readonly entry: Entry;
}

const segmentMap = (name = 'none') => {
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

/** What is seen to when all of a resource is there: what FHIR asks of several of its elements together. */
const COMPLETE: Readonly<Record<string, (conversion: Conversion, entry: Entry) => void>> = {
  Appointment: completeAppointment,
  DocumentReference: completeDocument,
  ServiceRequest: completeTiming,
};

class Walk {
  readonly #conversion: Conversion;
  readonly #contexts: Contexts = new Map();
  /** References that wait for what comes later. */
  readonly #atEnd: (() => void)[] = [];

  constructor(conversion: Conversion) {
    this.#conversion = conversion;
  }

  /** The latest of the resources that go by these names. */
  #latest(names: readonly string[]): Named | undefined {
    const name = [...this.#contexts.keys()].findLast((one) => names.includes(one));
    const entry = name === undefined ? undefined : this.#contexts.get(name);
    return name === undefined || entry === undefined ? undefined : { name, entry };
  }

  /** What the trigger event says: before the segment is read it is stronger, afterwards it fills what is missing. */
  #byEvent(said: SegmentRule['byEvent'], draft: Draft): void {
    for (const [element, value] of Object.entries(said?.[this.#conversion.event] ?? {}))
      if (place(draft.body, element, copyOf(value)) !== undefined) draft.traces.push({ element, from: 'MSH-9[1].2' });
  }

  #link({ refs = [], linkedFrom = [] }: SegmentRule, entry: Entry, at: SegmentAt): void {
    const link = (one: Link, isHolder: boolean) => (): void => {
      const other = this.#contexts.get(one.context);
      if (other === undefined) return;
      const [holder, target] = isHolder ? [entry, other] : [other, entry];
      refer(this.#conversion, holder, target, one, at);
    };
    for (const [links, isHolder] of [[refs, true] as const, [linkedFrom, false] as const])
      for (const one of links) {
        if (one.atEnd === true) this.#atEnd.push(link(one, isHolder));
        else link(one, isHolder)();
      }
  }

  /** A resource that holds what segments of its kind say, made when the first of them says something. */
  #begin(type: string, rule: SegmentRule, at: SegmentAt): Named {
    const entry = this.#conversion.add(type);
    this.#link(rule, entry, at);
    return { name: rule.as ?? type, entry };
  }

  #into(rule: SegmentRule, at: SegmentAt, found: Named | undefined): void {
    const map = segmentMap(rule.map);
    const scope = { segment: at };
    const draft = applyRules(this.#conversion, map, scope, newDraft(rule.at === undefined ? found?.entry.body : {}));
    const isEmpty = draft.traces.length === 0 && draft.removed.length === 0;
    const target = found ?? (rule.begins === undefined || isEmpty ? undefined : this.#begin(rule.begins, rule, at));
    if (target === undefined) return;
    const { name, entry } = target;
    if (rule.at === undefined) this.#conversion.keep(entry, draft);
    else {
      const element = isEmpty ? undefined : place(entry.body, rule.at, draft.body);
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
    this.#link(rule, entry, at);
    if (rule.as !== undefined) touch(this.#contexts, rule.as, entry);
    const { refsToAll } = rule;
    if (refsToAll !== undefined) this.#atEnd.push(() => this.#referToAll(entry, refsToAll));
  }

  #referToAll({ body }: Entry, to: string): void {
    const others = this.#conversion.entries.filter(({ type }) => type !== 'MessageHeader' && type !== 'Provenance');
    const targets = others.length > 0 ? others : this.#conversion.entries.slice(0, 1);
    for (const { fullUrl } of targets) place(body, to, { reference: fullUrl });
  }

  #read(rule: SegmentRule, at: SegmentAt): void {
    const found = rule.into === undefined ? undefined : this.#latest(rule.into);
    const isFree = found !== undefined && !(rule.once === true && found.entry.segments.has(at.name));
    if (rule.dropped !== undefined) this.#conversion.leaveOut(at, rule.dropped);
    else if (isFree || rule.begins !== undefined) this.#into(rule, at, found);
    else if (rule.into === undefined || rule.once === true) this.#make(rule, at);
  }

  run(map: MessageMap): void {
    for (const at of this.#conversion.segments)
      for (const rule of map.segments[at.name] ?? [])
        if (holds(this.#conversion, { segment: at }, rule.when)) this.#read(rule, at);
    for (const link of this.#atEnd) link();
    for (const entry of this.#conversion.entries) COMPLETE[entry.type]?.(this.#conversion, entry);
    for (const entry of this.#conversion.entries) entry.assumed.push(...fillUp(entry.body, missing(entry)));
  }
}

/** Makes the resources of a message, segment by segment: each goes where the map says, beside or into what came before. */
export const walk = (conversion: Conversion, map: MessageMap): void => new Walk(conversion).run(map);
