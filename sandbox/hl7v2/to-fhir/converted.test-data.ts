import { expect } from 'vitest';
import { validateResource } from '../../fhir/validate.ts';
import { parseMessage } from '../message.ts';
import { isJson, type Json } from './element.ts';
import { toFhir } from './to-fhir.ts';

/** A message with these fields in place of its own, still escaped. */
export const converted = (text: string, values: Readonly<Record<string, string>>) => {
  const message = parseMessage(text);
  for (const [path, value] of Object.entries(values)) message.setEncoded(path, value);
  const made = toFhir(message);
  expect(validateResource(made.bundle)).toEqual([]);
  const entries: readonly unknown[] = Array.isArray(made.bundle.entry) ? made.bundle.entry : [];
  const resources = entries.flatMap((entry) => (isJson(entry) && isJson(entry.resource) ? [entry.resource] : []));
  const first = (type: string): Json => resources.find(({ resourceType }) => resourceType === type) ?? {};
  return { ...made, first };
};
