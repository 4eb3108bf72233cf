import type { Hl7Message } from '../message.ts';
import { Conversion, type Entry, newDraft } from './conversion.ts';
import { isJson, type Json, primitivesOf, type Trace } from './element.ts';
import { maps, messageMapOf } from './maps.ts';
import { applyRules } from './rules.ts';
import { walk } from './walk.ts';
import { zoneOf } from './zone.ts';

/** Where one element of the result came from. */
export interface LineageItem {
  /** Which entry of the Bundle, counted from 0; absent for the Bundle itself. */
  readonly entry?: number;
  readonly resourceType: string;
  /** Within the resource: `name[0].family`. */
  readonly element: string;
  /** The leaf of the message, `PID-5[1].1`, or a whole segment; absent where the message says nothing and FHIR requires the element. */
  readonly from?: string;
  /**
   * Why, where it is not simply the leaf's value: `constant` is what the map says of such a leaf, `assumed` what FHIR requires
   * and the message does not say, or what the leaf makes likely. What is assumed changes nothing that is known.
   */
  readonly kind: 'value' | 'constant' | 'assumed';
}

/** A leaf of the message that went nowhere. */
export interface Dropped {
  readonly from: string;
  readonly value: string;
  readonly reason: string;
}

/** What the message says is to be removed: HL7's null. */
export interface Removed {
  readonly entry: number;
  readonly resourceType: string;
  readonly element: string;
  readonly from: string;
}

export interface ToFhir {
  /** A Bundle of type message; the same message gives the same bytes. */
  readonly bundle: Json;
  readonly lineage: readonly LineageItem[];
  readonly dropped: readonly Dropped[];
  readonly removed: readonly Removed[];
}

export interface ToFhirOptions {
  /** The offset of times that name none, where MSH-7 has none either; `+00:00` unless told. */
  readonly zone?: string;
}

const kindOf = ({ key, assumed }: Trace): LineageItem['kind'] =>
  assumed === true ? 'assumed' : key === undefined ? 'constant' : 'value';

const lineageOf = (entry: Entry, index: number): readonly LineageItem[] => {
  const base = { entry: index, resourceType: entry.type };
  const said = entry.traces.map((trace): LineageItem => {
    const { element, from } = trace;
    return { ...base, element, from, kind: kindOf(trace) };
  });
  return [
    ...said,
    ...entry.assumed
      .flatMap((element) => assumedOf(entry.body, element))
      .map((element): LineageItem => ({ ...base, element, kind: 'assumed' })),
  ];
};

/** Every primitive of an element that was assumed; such elements are members of members, and of no list. */
const assumedOf = (body: Json, element: string): readonly string[] => {
  let value: unknown = body;
  for (const name of element.split('.')) value = isJson(value) ? value[name] : undefined;
  return primitivesOf(value, element);
};

/** What the Bundle itself says of the message: its number and its time (v2-to-FHIR, MSH[Bundle]). */
const envelope = (conversion: Conversion): { readonly bundle: Json; readonly lineage: readonly LineageItem[] } => {
  const bundle: Json = {};
  const draft = newDraft(bundle);
  const map = maps().segments.get('MSH-bundle');
  const [segment] = conversion.segments;
  if (map !== undefined && segment !== undefined) conversion.use(applyRules(conversion, map, { segment }, draft));
  const lineage = draft.traces.map((trace): LineageItem => {
    return { resourceType: 'Bundle', element: trace.element, from: trace.from, kind: kindOf(trace) };
  });
  return { bundle, lineage };
};

/** Why a field is left out, as the maps of its segment say. */
const saidOf = (segment: string, field: number): string | undefined => maps().reasons.get(segment)?.get(String(field));

const droppedOf = (conversion: Conversion, known: Readonly<Record<string, unknown>>): readonly Dropped[] =>
  conversion.unused().map(({ leaf, at, field, reason }) => {
    if (leaf.encoded === '""' && reason === undefined)
      return { from: leaf.path, value: '""', reason: 'a null, and nothing here is removed by it' };
    const general = at.name in known ? `no rule for ${at.name}-${field}` : `${at.name} has no map in this message`;
    return { from: leaf.path, value: conversion.text(leaf), reason: reason ?? saidOf(at.name, field) ?? general };
  });

/**
 * An HL7 v2 message as a FHIR R4 message Bundle, by the maps in `maps/` (HL7's v2-to-FHIR tables, and where they are silent
 * ours, which say so). Every element tells where it came from, and every leaf of the message that went nowhere is listed.
 */
export const toFhir = (message: Hl7Message, { zone = '+00:00' }: ToFhirOptions = {}): ToFhir => {
  const conversion = new Conversion(message, zoneOf(message, zone));
  const map = messageMapOf(conversion.type, conversion.event);
  walk(conversion, map);
  const [header] = conversion.entries;
  const focus = conversion.entries.filter(({ type }) => map.focus.includes(type));
  if (header !== undefined && focus.length > 0)
    header.body.focus = focus.map(({ fullUrl }) => ({ reference: fullUrl }));
  const entry = conversion.entries.map(({ type, fullUrl, body }) => {
    return { fullUrl, resource: { resourceType: type, id: fullUrl.slice('urn:uuid:'.length), ...body } };
  });
  const { bundle, lineage } = envelope(conversion);
  return {
    bundle: { resourceType: 'Bundle', id: conversion.id('bundle'), ...bundle, type: 'message', entry },
    lineage: [...lineage, ...conversion.entries.flatMap(lineageOf)],
    dropped: droppedOf(conversion, map.segments),
    removed: conversion.entries.flatMap(({ type, removed }, index) =>
      removed.map(({ element, from }) => ({ entry: index, resourceType: type, element, from })),
    ),
  };
};
