import { isDeepStrictEqual } from 'node:util';
import { compareMoments } from './definitions/moment-range.ts';
import {
  criterion,
  type Evaluate,
  FUNCTIONS,
  isOfType,
  NO,
  truth,
  type Values,
  YES,
} from './validate-fhirpath-functions.ts';
import { type Node, parseFhirPath } from './validate-fhirpath-parse.ts';

/** How many more items may be looked at before rules are left unjudged: some are quadratic, and bodies may be hostile. */
export interface Effort {
  left: number;
}

/** What `%resource` and `%context` stand for. */
interface Environment {
  readonly resource: unknown;
  readonly context: unknown;
  readonly effort: Effort;
}

const SPENT = new Error('the rule takes too much effort');
const spend = ({ effort }: Environment, items: number): void => {
  effort.left -= items + 1;
  if (effort.left < 0) throw SPENT;
};

type Compiled = (focus: Values, environment: Environment) => Values;

/** Whether the rule holds for an element of a resource; undefined where it cannot be told (an empty result, no effort left). */
export type Test = (element: unknown, resource: unknown, effort?: Effort) => boolean | undefined;

const NOTHING: Values = [];
const CONSTANTS: Readonly<Record<string, string>> = { '%ucum': 'http://unitsofmeasure.org' };

/** Names of choice elements → what may follow the name in JSON (`value` → `Quantity`, …). */
export type Choices = ReadonlyMap<string, ReadonlySet<string>>;

const memberOf =
  (name: string, choices: Choices) =>
  (focus: Values, environment: Environment): Values => {
    spend(environment, focus.length);
    const found: unknown[] = [];
    for (const item of focus) {
      if (typeof item !== 'object' || item === null) continue;
      const record = item as Readonly<Record<string, unknown>>;
      const value = Object.hasOwn(record, name) ? record[name] : choiceOf(record, name, choices.get(name));
      if (Array.isArray(value)) {
        spend(environment, value.length);
        for (const each of value) if (each !== null) found.push(each);
      } else if (value !== undefined) found.push(value);
    }
    return found;
  };

/** The value of a choice, or the extensions of a primitive that has no value: both make the element exist. */
const choiceOf = (
  record: Readonly<Record<string, unknown>>,
  name: string,
  suffixes: ReadonlySet<string> | undefined,
): unknown => {
  if (Object.hasOwn(record, `_${name}`)) return record[`_${name}`];
  if (suffixes === undefined) return undefined;
  for (const key of Object.keys(record)) {
    if (key.startsWith(name) && suffixes.has(key.slice(name.length))) return record[key];
    if (key.startsWith(`_${name}`) && suffixes.has(key.slice(name.length + 1))) return record[key];
  }
  return undefined;
};

const equal = (left: Values, right: Values): boolean | undefined =>
  left.length === 0 || right.length === 0 ? undefined : isDeepStrictEqual(left, right);

const includes = (items: Values, [item]: Values): Values =>
  item === undefined ? NOTHING : truth(items.some((each) => isDeepStrictEqual(each, item)));

const order = ([left]: Values, [right]: Values): number | undefined => {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return compareMoments(left, right);
  return undefined;
};

const ordered = (left: Values, right: Values, test: (sign: number) => boolean): Values => {
  const sign = order(left, right);
  return sign === undefined ? NOTHING : truth(test(sign));
};

const maybe = (value: boolean | undefined): Values => (value === undefined ? NOTHING : truth(value));

const OPERATORS: Readonly<Record<string, (left: Values, right: Values) => Values>> = {
  '=': (left, right) => maybe(equal(left, right)),
  '!=': (left, right) => {
    const same = equal(left, right);
    return maybe(same === undefined ? undefined : !same);
  },
  '<': (left, right) => ordered(left, right, (sign) => sign < 0),
  '>': (left, right) => ordered(left, right, (sign) => sign > 0),
  '<=': (left, right) => ordered(left, right, (sign) => sign <= 0),
  '>=': (left, right) => ordered(left, right, (sign) => sign >= 0),
  '|': (left, right) => [...new Set([...left, ...right])],
  '&': ([left], [right]) => [`${left ?? ''}${right ?? ''}`],
  '+': ([left], [right]) => (typeof left === 'number' && typeof right === 'number' ? [left + right] : NOTHING),
  '-': ([left], [right]) => (typeof left === 'number' && typeof right === 'number' ? [left - right] : NOTHING),
  in: (left, right) => includes(right, left),
  contains: includes,
  xor: (left, right) => {
    const [one, other] = [criterion(left), criterion(right)];
    return one === undefined || other === undefined ? NOTHING : truth(one !== other);
  },
};

const connective = (op: string, left: Compiled, right: Compiled): Compiled | undefined => {
  // Where the left side decides, the right one is not looked at; an empty side leaves it open (N1, Boolean logic).
  const decide = (settles: boolean, result: Values): Compiled => {
    return (focus, environment) => {
      const one = criterion(left(focus, environment));
      if (one === settles) return result;
      const other = criterion(right(focus, environment));
      if (op === 'implies') return other === true ? YES : one === undefined ? NOTHING : maybe(other);
      if (other === settles) return result;
      return one === undefined || other === undefined ? NOTHING : truth(!settles);
    };
  };
  if (op === 'and') return decide(false, NO);
  if (op === 'or') return decide(true, YES);
  return op === 'implies' ? decide(false, YES) : undefined;
};

const compileNode = (node: Node, choices: Choices): Compiled => {
  switch (node.kind) {
    case 'literal': {
      const values = node.value === undefined ? NOTHING : [node.value];
      return () => values;
    }
    case 'variable':
      if (node.name === '$this') return (focus) => focus;
      if (node.name === '%resource') return (_, environment) => [environment.resource];
      if (node.name === '%context') return (_, environment) => [environment.context];
      if (CONSTANTS[node.name] === undefined) throw new Error(`no value for ${node.name}`);
      return () => [CONSTANTS[node.name]];
    case 'member': {
      const member = memberOf(node.name, choices);
      if (node.on !== undefined) {
        const on = compileNode(node.on, choices);
        return (focus, environment) => member(on(focus, environment), environment);
      }
      // A path may begin with the name of the resource (`Appointment.status`).
      if (!/^[A-Z]/.test(node.name)) return member;
      return (focus) => focus.filter((item) => isOfType(item, node.name));
    }
    case 'index': {
      const [on, at] = [compileNode(node.on, choices), compileNode(node.at, choices)];
      return (focus, environment) => {
        const start = Number(at(focus, environment)[0]);
        return on(focus, environment).slice(start, start + 1);
      };
    }
    case 'type': {
      const on = compileNode(node.on, choices);
      return (focus, environment) => FUNCTIONS[node.op]?.(on(focus, environment), [], [node.type]) ?? NOTHING;
    }
    case 'call': {
      const apply = Object.hasOwn(FUNCTIONS, node.name) ? FUNCTIONS[node.name] : undefined;
      if (apply === undefined) throw new Error(`no function ${node.name}()`);
      const on = node.on === undefined ? undefined : compileNode(node.on, choices);
      const sources = node.args.map((arg) => (arg.kind === 'member' ? arg.name : ''));
      const args = node.args.map((arg) => compileNode(arg, choices));
      return (focus, environment) => {
        const evaluated: readonly Evaluate[] = args.map((arg) => (inner) => arg(inner, environment));
        const items = on === undefined ? focus : on(focus, environment);
        spend(environment, items.length);
        return apply(items, evaluated, sources);
      };
    }
    case 'binary': {
      const [left, right] = [compileNode(node.left, choices), compileNode(node.right, choices)];
      const lazy = connective(node.op, left, right);
      if (lazy !== undefined) return lazy;
      const operate = OPERATORS[node.op];
      if (operate === undefined) throw new Error(`no operator ${node.op}`);
      return (focus, environment) => {
        const [one, other] = [left(focus, environment), right(focus, environment)];
        spend(environment, one.length + other.length);
        return operate(one, other);
      };
    }
  }
};

/** Compiles a rule of the standard once; throws where it uses more of FHIRPath than is known here. */
export const compileRule = (expression: string, choices: Choices): Test => {
  const run = compileNode(parseFhirPath(expression), choices);
  return (element, resource, effort = { left: Number.POSITIVE_INFINITY }) => {
    try {
      return criterion(run([element], { resource, context: element, effort }));
    } catch (error) {
      if (error === SPENT) return undefined;
      throw error;
    }
  };
};
