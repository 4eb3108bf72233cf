import type { Fault } from '../problem.ts';
import { typeIndex } from './definitions/types.ts';
import { containedFaults, containedIn, repeated, unreferenced } from './validate-contained.ts';
import { presenceFaults } from './validate-presence.ts';
import { checkReference, wrongTarget } from './validate-reference.ts';
import { checkBinding, isJsonObject, type Json, TYPE_RULES } from './validate-rules.ts';
import { type PropertyRules, type RunnableInvariant, type TypeRules, typeRules } from './validate-schema.ts';
import { checkXhtml } from './validate-xhtml.ts';

/** More than these are not reported: whoever sends so many learns nothing from the next. */
export const FAULTS_MAX = 100;
const DEPTH_MAX = 100;
const SHOWN_MAX = 80;
/** Items that the rules in FHIRPath may look at in one resource: half a second at worst. R4's own largest resource takes 0.3 of it. */
const EFFORT_MAX = 1_000_000;

/** The resource that an element belongs to, as its rules see it. */
interface Holder {
  readonly resource: Json;
  /** Id → type of what it contains. */
  readonly contained: ReadonlyMap<string, string>;
  /** Every `#…` that was seen in it. */
  readonly used: Set<string>;
  readonly isContained: boolean;
  readonly inBundle: boolean;
}

class Validation {
  readonly faults: Fault[] = [];
  readonly #path: string[] = [];
  readonly #effort = { left: EFFORT_MAX };

  report(detail: string, issue: string, step = ''): undefined {
    if (this.faults.length >= FAULTS_MAX) return;
    this.faults.push({ detail, at: `${this.#path.join('')}${step}`, issue });
  }

  #all(faults: readonly Required<Omit<Fault, 'severity'>>[]): undefined {
    for (const { detail, issue, at } of faults) this.report(detail, issue, at);
  }

  resource(value: unknown, step: string, outer: Holder | undefined, expected?: string): undefined {
    this.#path.push(step);
    this.#resource(value, outer, expected);
    this.#path.pop();
  }

  #resource(value: unknown, outer: Holder | undefined, expected: string | undefined): undefined {
    if (!isJsonObject(value)) return this.report('must be a JSON object that is a resource', 'structure');
    const type = value.resourceType;
    if (typeof type !== 'string') return this.report('must name its resourceType', 'structure');
    const rules = typeIndex(type) === undefined ? undefined : typeRules(type);
    if (rules === undefined) return this.report(`${quoted(type)} is no resource type of R4`, 'structure');
    if (expected !== undefined && type !== expected) {
      return this.report(`must be of type ${expected}, not ${type}`, 'invalid');
    }
    if (this.#path.length === 1) this.#path[0] = type;
    const isContained = this.#path.at(-1)?.startsWith('.contained') ?? false;
    const contained = isContained && outer !== undefined ? outer.contained : containedIn(value);
    const used = isContained && outer !== undefined ? outer.used : new Set<string>();
    const inBundle = type === 'Bundle' || (outer?.inBundle ?? false);
    const holder: Holder = { resource: value, contained, used, isContained, inBundle };
    this.#element(value, rules, holder, true);
    if (!isContained && contained.size > 0)
      for (const index of repeated(value))
        this.report('is the id of another contained resource, too', 'duplicate', `.contained[${index}].id`);
    if (isContained) this.#all(containedFaults(value));
    else if (contained.size > 0 && this.faults.length === 0) {
      for (const index of unreferenced(value, used)) {
        this.report('is referred to from nowhere in the resource (dom-3)', 'invariant', `.contained[${index}]`);
      }
    }
  }

  #element(value: Json, rules: TypeRules, holder: Holder, isResource: boolean): undefined {
    const before = this.faults.length;
    if (this.#path.length > DEPTH_MAX) return this.report(`is nested deeper than ${DEPTH_MAX} levels`, 'too-long');
    const keys = Object.keys(value);
    if (keys.length === 0 || (keys.length === 1 && keys[0] === 'id' && !isResource)) {
      return this.report('must not be empty', 'structure');
    }
    for (const key of keys) {
      if (this.faults.length >= FAULTS_MAX) return;
      const property = rules.properties.get(key);
      if (property !== undefined) this.#property(value, key, property, holder);
      else if (key === 'resourceType' && isResource) continue;
      else this.#sibling(value, key, rules, holder);
    }
    this.#all(presenceFaults(value, rules));
    if (this.faults.length > before) return;
    const broken = TYPE_RULES.get(rules.name)?.(value);
    if (broken !== undefined) this.report(broken, 'invariant');
    this.#run(rules.invariants, value, holder);
  }

  #property(parent: Json, key: string, property: PropertyRules, holder: Holder): undefined {
    const value = parent[key];
    if (!property.list) return this.#one(value, `.${property.step}`, property, holder, parent[`_${key}`]);
    if (!Array.isArray(value)) return this.report('must be an array: it may repeat', 'structure', `.${property.step}`);
    if (value.length === 0) return this.report('must not be an empty array', 'structure', `.${property.step}`);
    if (property.max !== -1 && value.length > property.max) {
      this.report(`must not be there more than ${property.max} times`, 'structure', `.${property.step}`);
    }
    const beside = property.extensible ? parent[`_${key}`] : undefined;
    for (let index = 0; index < value.length && this.faults.length < FAULTS_MAX; index += 1) {
      const sibling: unknown = Array.isArray(beside) ? beside[index] : undefined;
      this.#one(value[index], `.${property.step}[${index}]`, property, holder, sibling);
    }
  }

  #one(value: unknown, step: string, property: PropertyRules, holder: Holder, sibling: unknown): undefined {
    if (value === null) {
      if (!property.list || !property.extensible || !isJsonObject(sibling))
        this.report('must not be null', 'structure', step);
      return;
    }
    if (property.primitive !== undefined) return this.#primitive(value, step, property, property.primitive, holder);
    if (property.type === 'xhtml') {
      const wrong = checkXhtml(value);
      if (wrong !== undefined) this.report(wrong, 'invalid', step);
      return;
    }
    if (property.type === 'Resource') return this.resource(value, step, holder);
    if (!isJsonObject(value)) return this.report(`must be a JSON object (${property.type})`, 'structure', step);
    const rules = typeRules(property.type);
    if (rules === undefined) return;
    this.#path.push(step);
    const before = this.faults.length;
    this.#element(value, rules, holder, false);
    if (property.type === 'Reference') this.#reference(value, property, holder);
    if (this.faults.length === before) this.#coded(value, '', property, holder);
    this.#path.pop();
  }

  #primitive(
    value: unknown,
    step: string,
    property: PropertyRules,
    check: (value: unknown) => string | undefined,
    holder: Holder,
  ): undefined {
    const wrong = check(value);
    if (wrong !== undefined) return this.report(wrong, typeof value === 'object' ? 'structure' : 'value', step);
    if (typeof value === 'string' && value.charCodeAt(0) === 35) holder.used.add(value);
    if (property.codes !== undefined || property.invariants.length > 0) this.#coded(value, step, property, holder);
  }

  #coded(value: unknown, step: string, property: PropertyRules, holder: Holder): undefined {
    const wrong = property.codes === undefined ? undefined : checkBinding(property.type, value, property.codes);
    if (wrong !== undefined) this.report(wrong, 'code-invalid', step);
    this.#run(property.invariants, value, holder, step);
  }

  #reference(value: Json, property: PropertyRules, holder: Holder): undefined {
    const { reference, type } = value;
    if (typeof reference === 'string' && reference !== '') {
      const place = { contained: holder.contained, targets: property.targets, inBundle: holder.inBundle };
      const wrong = checkReference(reference, place);
      if (wrong !== undefined) this.report(wrong, 'value', '.reference');
    }
    if (typeof type === 'string' && typeIndex(type) !== undefined) {
      const wrong = wrongTarget(type, property.targets);
      if (wrong !== undefined) this.report(wrong, 'value', '.type');
    }
  }

  /** A property that is no element: the id and extensions of a primitive one (json.html#primitive), or unknown. */
  #sibling(parent: Json, key: string, rules: TypeRules, holder: Holder): undefined {
    const name = key.startsWith('_') ? key.slice(1) : undefined;
    const property = name === undefined ? undefined : rules.properties.get(name);
    if (name === undefined || property?.extensible !== true) {
      const step = /^\w{1,80}$/.test(key) ? `.${key}` : '';
      return this.report(`${quoted(key)} is not an element of ${rules.name}`, 'structure', step);
    }
    const value = parent[key];
    const step = `.${property.step}`;
    if (!property.list) return this.#extensions(value, step, parent[name], holder);
    if (!Array.isArray(value)) return this.report(`${key} must be an array, like ${name}`, 'structure', step);
    if (value.length === 0) return this.report(`${key} must not be an empty array`, 'structure', step);
    const values = parent[name];
    for (let index = 0; index < value.length && this.faults.length < FAULTS_MAX; index += 1) {
      const own: unknown = Array.isArray(values) ? values[index] : undefined;
      if (value[index] !== null) this.#extensions(value[index], `${step}[${index}]`, own, holder);
      else if (own === undefined || own === null) this.report('must not be null', 'structure', `${step}[${index}]`);
    }
  }

  #extensions(value: unknown, step: string, primitive: unknown, holder: Holder): undefined {
    const rules = typeRules('Element');
    if (!isJsonObject(value)) return this.report('must be a JSON object with id or extension', 'structure', step);
    if (rules === undefined) return;
    this.#path.push(step);
    const onlyId =
      Object.keys(value).length === 1 && Object.hasOwn(value, 'id') && primitive !== undefined && primitive !== null;
    if (!onlyId || typeof value.id !== 'string') this.#element(value, rules, holder, false);
    this.#path.pop();
  }

  #run(invariants: readonly RunnableInvariant[], value: unknown, holder: Holder, step = ''): undefined {
    for (const { key, human, holds } of invariants) {
      if (holds(value, holder.resource, this.#effort) === false) this.report(`${human} (${key})`, 'invariant', step);
    }
  }
}

const quoted = (text: string): string =>
  JSON.stringify(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);

/**
 * Everything that is wrong with a resource by the rules of R4, each with its place (`Patient.name[0].given[1]`), at most
 * FAULTS_MAX; empty when it is valid. Never throws. It judges parsed JSON: what parsing loses (a name given twice, digits
 * beyond a double's) is for whoever parses.
 */
export const validateResource = (resource: unknown, expectedType?: string): Fault[] => {
  const validation = new Validation();
  validation.resource(resource, expectedType ?? 'Resource', undefined, expectedType);
  return validation.faults;
};
