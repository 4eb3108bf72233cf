import { hasValidCheckDigit, NHS_NUMBER_SYSTEM } from '../../nhs-number.ts';
import { codeableConcept, coding } from './coded.ts';
import { type Conversion, type Draft, newDraft } from './conversion.ts';
import { fillUp, isJson, type Json, joinPath, type Made, movedTo, place, valueAt } from './element.ts';
import type { PartMap, Rule } from './map-shape.ts';
import { maps } from './maps.ts';
import { isNull, leafOf, type Part } from './part.ts';
import { endsBeforeStart } from './period.ts';
import { PRIMITIVES } from './primitives.ts';
import { removalOf } from './removal.ts';
import { holds, type Scope, select } from './scope.ts';
import { SPECIAL } from './special.ts';
import { translate } from './vocabulary.ts';

const primitive = (conversion: Conversion, part: Part, type: string, rule: Rule): Made | undefined => {
  const leaf = leafOf(part);
  if (leaf === undefined) return undefined;
  const text = conversion.text(leaf);
  const traces = [{ element: '', from: leaf.path, key: leaf.key }];
  if (rule.codes !== undefined) {
    const code = translate(conversion, leaf, rule.codes)?.code;
    return code === undefined ? undefined : { value: PRIMITIVES[type]?.(code, conversion.zone), traces };
  }
  const value = PRIMITIVES[type]?.(text, conversion.zone);
  if (value === undefined) return conversion.because(leaf, `${JSON.stringify(text)} is no ${type} of FHIR`);
  return { value, traces };
};

/** A made value, the drafts of resources that it refers to, and what is to be removed within it. */
interface Converted extends Made {
  readonly pending?: Draft['pending'];
  readonly removed?: Draft['removed'];
}

/** An NHS number is often printed in groups (999 000 0018), and is found by its digits. */
const ungrouped = (identifier: Json): void => {
  if (identifier.system !== NHS_NUMBER_SYSTEM || typeof identifier.value !== 'string') return;
  const number = identifier.value.replace(/ /g, '');
  if (hasValidCheckDigit(number)) identifier.value = number;
};

const throughMap = (conversion: Conversion, part: Part, name: string): Converted | undefined => {
  const map = maps().types.get(name);
  if (map === undefined) throw new Error(`${name} is neither a type map, nor a type that is made in code`);
  const draft = applyRules(conversion, map, { part }, newDraft());
  if (Object.keys(draft.body).length === 0) return undefined;
  if (name === 'identifier') ungrouped(draft.body);
  return { value: draft.body, traces: draft.traces, pending: draft.pending, removed: draft.removed };
};

const reference = (conversion: Conversion, part: Part, name: string): Converted | undefined => {
  const map = maps().types.get(name);
  if (map?.resource === undefined) throw new Error(`${name} is no map of a resource`);
  const draft = applyRules(conversion, map, { part }, newDraft());
  if (draft.traces.length === 0) return undefined;
  const value = {};
  const [{ from } = { from: '' }] = draft.traces;
  const pending = [{ type: map.resource, draft, reference: value }];
  return { value, traces: [{ element: 'reference', from }], pending };
};

const convert = (conversion: Conversion, scope: Scope, part: Part, rule: Rule): Converted | undefined => {
  const { type = 'string', resource } = rule;
  if (resource !== undefined) return reference(conversion, part, resource);
  if (type === 'CodeableConcept') return codeableConcept(conversion, part, rule);
  if (type === 'Coding') return coding(conversion, part, rule);
  if (type in PRIMITIVES) return primitive(conversion, part, type, rule);
  return SPECIAL[type]?.(conversion, part, scope) ?? (type in SPECIAL ? undefined : throughMap(conversion, part, type));
};

/** The value inside an object with what the rule says besides. */
const dress = (made: Converted, rule: Rule, from: string): Converted => {
  if (rule.within === undefined && rule.with === undefined) return made;
  const item = rule.within === undefined ? made.value : {};
  if (!isJson(item)) throw new Error(`${rule.to}: what is no object has no "with"`);
  const at = rule.within === undefined ? '' : (place(item, rule.within, made.value, made.choice) ?? '');
  const constants = fillUp(item, rule.with ?? {}).map((element) => ({ element, from }));
  return { ...made, value: item, traces: [...movedTo(at, made.traces), ...constants] };
};

/** The resource that is being made because an element refers to it. */
const referredTo = ({ body, pending }: Draft, element: string): Draft | undefined => {
  const value = valueAt(body, element);
  return pending.find(({ reference }) => reference === value)?.draft;
};

const apply = (conversion: Conversion, scope: Scope, rule: Rule, part: Part, own: Draft): void => {
  const leaf = leafOf(part);
  const from = leaf?.path ?? `${part.at.name}-${part.field}`;
  if (isNull(part)) {
    const element = rule.of === undefined ? removalOf(rule) : undefined;
    if (element === undefined) conversion.becauseAll(part, 'what it names is not removed by a null alone');
    else own.removed.push({ element, from, ...(leaf === undefined ? {} : { key: leaf.key }) });
    return;
  }
  const made = convert(conversion, scope, part, rule);
  if (made === undefined) return;
  const draft = rule.of === undefined ? own : referredTo(own, rule.of);
  if (draft === undefined) {
    conversion.becauseAll(part, `there is no ${rule.of} to which it would belong`);
    return;
  }
  const dressed = dress(made, rule, from);
  const element = place(draft.body, rule.to, dressed.value, made.choice);
  if (element === undefined) {
    conversion.becauseAll(part, `${rule.to} has its value from elsewhere`);
    return;
  }
  const traces = movedTo(element, dressed.traces);
  draft.traces.push(
    ...(rule.assumed === true ? traces.map((trace) => ({ ...trace, assumed: true as const })) : traces),
  );
  if (made.removed !== undefined) draft.removed.push(...movedTo(element, made.removed));
  if (made.pending !== undefined) draft.pending.push(...made.pending);
};

/** A period that ends before it starts keeps its start (per-1). */
const orderPeriod = (conversion: Conversion, draft: Draft, name: string, value: unknown): void => {
  if (!isJson(value) || !endsBeforeStart(value)) return;
  delete value.end;
  const element = joinPath(name, 'end');
  for (const { key } of draft.traces.filter((trace) => trace.element === element))
    conversion.becauseKey(key, 'the period would end before it starts');
  draft.traces.splice(0, draft.traces.length, ...draft.traces.filter((trace) => trace.element !== element));
};

const orderPeriods = (conversion: Conversion, draft: Draft): void => {
  orderPeriod(conversion, draft, '', draft.body);
  for (const name of Object.keys(draft.body)) orderPeriod(conversion, draft, name, draft.body[name]);
};

/** Reads a segment, or a part of one, by the rules of a map, into what is drafted. */
export const applyRules = (conversion: Conversion, map: PartMap, scope: Scope, draft: Draft): Draft => {
  for (const rule of map.rules) {
    const parts = select(conversion, scope, rule.from);
    if (parts.length === 0 || !holds(conversion, scope, rule.when)) continue;
    for (const part of parts) apply(conversion, scope, rule, part, draft);
  }
  orderPeriods(conversion, draft);
  const [first] = draft.traces;
  if (map.with !== undefined && first !== undefined)
    for (const element of fillUp(draft.body, map.with))
      draft.traces.push({ element: joinPath('', element), from: first.from });
  return draft;
};
