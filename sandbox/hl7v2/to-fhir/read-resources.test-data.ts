import { expect } from 'vitest';
import { validateResource } from '../../fhir/validate.ts';
import { parseMessage } from '../message.ts';
import { isJson, type Json } from './element.ts';
import { toFhir } from './to-fhir.ts';

/** The resources of a message, each reference as the resource that it leads to. */
export const read = (text: string) => {
  const { bundle, dropped } = toFhir(parseMessage(text));
  expect(validateResource(bundle)).toEqual([]);
  const entries: readonly Json[] = (Array.isArray(bundle.entry) ? bundle.entry : []).filter(isJson);
  const byUrl = new Map(entries.map(({ fullUrl, resource }) => [fullUrl, resource]));
  const resolve = (value: unknown, depth: number): unknown => {
    if (Array.isArray(value)) return value.map((item) => resolve(item, depth));
    if (!isJson(value)) return value;
    const target = depth > 0 ? byUrl.get(value.reference) : undefined;
    const from = target ?? value;
    return Object.fromEntries(
      Object.entries(isJson(from) ? from : {}).map(([name, item]) => [name, resolve(item, depth - (target ? 1 : 0))]),
    );
  };
  const of = (type: string): readonly unknown[] =>
    entries
      .map(({ resource }) => resource)
      .filter((one) => isJson(one) && one.resourceType === type)
      .map((one) => resolve(one, 2));
  return { of, dropped };
};
export const coded = (code: string) => ({ coding: [{ code }] });
export const told = (reason: string) => expect.objectContaining({ reason });
