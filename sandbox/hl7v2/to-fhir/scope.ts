import type { Conversion } from './conversion.ts';
import type { Condition } from './map-shape.ts';
import { below, holdsSomething, leafOf, type Part, type SegmentAt } from './part.ts';

/** What the paths of a map are relative to: a segment, or a part of one of its fields. */
export type Scope = { readonly segment: SegmentAt } | { readonly part: Part };

const NONE: readonly Part[] = [];

/** The paths of the maps are few, and are asked for with every message. */
const known = new Map<string, readonly number[]>();
const stepsOf = (from: string): readonly number[] => {
  const before = known.get(from);
  if (before !== undefined) return before;
  const steps = from.split('.').map(Number);
  known.set(from, steps);
  return steps;
};

/** The part that the steps lead to; undefined where there is none, or it holds nothing. */
const narrowed = (part: Part, steps: readonly number[], first: number): Part | undefined => {
  let narrow: Part | undefined = part;
  for (let at = first; at < steps.length && narrow !== undefined; at += 1) narrow = below(narrow, steps[at] ?? 0);
  return narrow !== undefined && holdsSomething(narrow) ? narrow : undefined;
};

/** What a path of a rule names: each repetition of a field, or one component. What holds nothing is none. */
export const select = (conversion: Conversion, scope: Scope, from: string): readonly Part[] => {
  if (from === '.') return 'part' in scope ? [scope.part] : [];
  const steps = stepsOf(from);
  if ('part' in scope) {
    const narrow = narrowed(scope.part, steps, 0);
    return narrow === undefined ? NONE : [narrow];
  }
  const start = conversion.repetitions(scope.segment, steps[0] ?? 0);
  if (steps.length === 1 || start.length === 0) return start;
  return start.map((part) => narrowed(part, steps, 1)).filter((part) => part !== undefined);
};

/** The text where the first of them begins; undefined where there is none. */
export const textAt = (conversion: Conversion, scope: Scope, from: string): string | undefined => {
  const [part] = select(conversion, scope, from);
  const leaf = part === undefined ? undefined : leafOf(part);
  return leaf === undefined ? undefined : conversion.text(leaf);
};

const isUnder = (conversion: Conversion, scope: Scope, names: readonly string[]): boolean => {
  const head = conversion.headOf('segment' in scope ? scope.segment : scope.part.at);
  return head !== undefined && names.includes(head);
};

const isAsSaid = (found: string | undefined, scope: Scope, is: Condition['is']): boolean => {
  if (is === 'first' || is === 'later')
    return 'segment' in scope && (scope.segment.occurrence === 1) === (is === 'first');
  return (found !== undefined) === (is === 'present');
};

const meets = (conversion: Conversion, scope: Scope, condition: Condition): boolean => {
  const { at, is, event, segment, any, under } = condition;
  if (event !== undefined && !event.includes(conversion.event)) return false;
  if (segment !== undefined && conversion.has(segment) !== (is !== 'absent')) return false;
  if (any !== undefined && any.some((one) => select(conversion, scope, one).length > 0) !== (is !== 'absent'))
    return false;
  if (under !== undefined && !isUnder(conversion, scope, under)) return false;
  const found = at === undefined ? undefined : textAt(conversion, scope, at);
  if (is !== undefined && segment === undefined && !isAsSaid(found, scope, is)) return false;
  if (at === undefined) return true;
  if (condition.in !== undefined && !condition.in.includes(found ?? '')) return false;
  return condition.notIn === undefined || found === undefined || !condition.notIn.includes(found);
};

const isList = (when: Condition | readonly Condition[]): when is readonly Condition[] => Array.isArray(when);

export const holds = (
  conversion: Conversion,
  scope: Scope,
  when: Condition | readonly Condition[] | undefined,
): boolean =>
  when === undefined ||
  (isList(when) ? when.every((one) => meets(conversion, scope, one)) : meets(conversion, scope, when));
