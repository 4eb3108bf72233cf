import type { Fault } from '../problem.ts';
import type { Json } from './validate-rules.ts';
import type { TypeRules } from './validate-schema.ts';

/** Elements that are missing, and choices made twice; places are relative to the element. */
export const presenceFaults = (element: Json, rules: TypeRules): readonly Required<Omit<Fault, 'severity'>>[] => {
  const found = [];
  for (const { element: name, properties } of rules.required) {
    if (!properties.some((each) => Object.hasOwn(element, each) || Object.hasOwn(element, `_${each}`))) {
      found.push({ detail: `${name} is required`, at: `.${name}`, issue: 'required' });
    }
  }
  if (!rules.hasChoices) return found;
  const chosen = new Map<string, string>();
  for (const key of Object.keys(element)) {
    const name = key.startsWith('_') ? key.slice(1) : key;
    const property = rules.properties.get(name);
    if (property?.choice !== true) continue;
    const other = chosen.get(property.element) ?? name;
    if (other !== name) {
      const detail = `${other} and ${name} must not both be there: ${property.element}[x] is one value`;
      found.push({ detail, at: `.${property.element}`, issue: 'structure' });
    }
    chosen.set(property.element, name);
  }
  return found;
};
