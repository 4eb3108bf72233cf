import { loadDefinitions } from './definitions/load.ts';
import type { ElementDefinition, Invariant } from './definitions/shape.ts';
import { type Choices, compileRule, type Test } from './validate-fhirpath.ts';
import { PRIMITIVES, type PrimitiveCheck } from './validate-primitives.ts';

/** What holds for one JSON property of a type. */
export interface PropertyRules {
  readonly element: string;
  /** How a location names it: `name`, or `value.ofType(Quantity)` for a choice. */
  readonly step: string;
  readonly list: boolean;
  readonly max: number;
  readonly type: string;
  readonly primitive?: PrimitiveCheck;
  /** Whether `_name` may stand beside it. */
  readonly extensible: boolean;
  readonly choice: boolean;
  readonly codes?: BoundCodes;
  readonly targets?: ReadonlySet<string>;
  readonly invariants: readonly RunnableInvariant[];
}

/** The codes of a required binding. */
export interface BoundCodes {
  readonly valueSet: string;
  readonly any: ReadonlySet<string>;
  readonly bySystem: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface RunnableInvariant {
  readonly key: string;
  readonly human: string;
  readonly holds: Test;
}

export interface TypeRules {
  readonly name: string;
  readonly properties: ReadonlyMap<string, PropertyRules>;
  /** Elements that must be there, each with the JSON properties that satisfy it. */
  readonly required: readonly { readonly element: string; readonly properties: readonly string[] }[];
  readonly hasChoices: boolean;
  readonly invariants: readonly RunnableInvariant[];
}

interface Compiled {
  readonly types: Map<string, TypeRules>;
  readonly codes: Map<string, BoundCodes>;
  choices?: Choices;
}
const compiled: Compiled = { types: new Map(), codes: new Map() };

const capitalised = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** What JSON appends to the name of a choice element: the type's name; a profiled type goes by the type's. */
export const choiceSuffix = (type: string): string => (type === 'SimpleQuantity' ? 'Quantity' : capitalised(type));

const allChoices = (): Choices => {
  if (compiled.choices === undefined) {
    const choices = new Map<string, Set<string>>();
    for (const type of Object.values(loadDefinitions().types)) {
      for (const element of type.elements.filter((each) => each.choice)) {
        const suffixes = choices.get(element.name) ?? new Set();
        for (const each of element.types) suffixes.add(choiceSuffix(each));
        choices.set(element.name, suffixes);
      }
    }
    compiled.choices = choices;
  }
  return compiled.choices;
};

const boundCodes = (valueSet: string): BoundCodes | undefined => {
  const known = compiled.codes.get(valueSet);
  const listed = loadDefinitions().codes[valueSet];
  if (known !== undefined || listed === undefined) return known;
  const bySystem = new Map(Object.entries(listed).map(([system, codes]) => [system, new Set(codes)]));
  const bound = { valueSet, bySystem, any: new Set(Object.values(listed).flat()) };
  compiled.codes.set(valueSet, bound);
  return bound;
};

const runnable = (invariants: readonly Invariant[] | undefined): readonly RunnableInvariant[] =>
  (invariants ?? []).map(({ key, human, expression }) => ({
    key,
    human,
    holds: compileRule(expression, allChoices()),
  }));

const propertiesOf = (element: ElementDefinition): readonly (readonly [string, PropertyRules])[] =>
  element.types.map((type) => {
    const plain = type.startsWith('@');
    const name = plain ? type.slice(1) : type;
    const primitive = PRIMITIVES.get(name);
    const codes = element.binding === undefined ? undefined : boundCodes(element.binding);
    const choice = element.choice === true;
    return [
      choice ? `${element.name}${choiceSuffix(type)}` : element.name,
      {
        element: element.name,
        step: choice ? `${element.name}.ofType(${type === 'SimpleQuantity' ? 'Quantity' : type})` : element.name,
        list: element.max !== 1,
        max: element.max,
        type: name,
        ...(primitive === undefined ? {} : { primitive }),
        extensible: primitive !== undefined && !plain,
        choice,
        ...(codes === undefined ? {} : { codes }),
        ...(element.targets === undefined ? {} : { targets: new Set(element.targets) }),
        invariants: runnable(element.invariants),
      },
    ] as const;
  });

/** The rules of a type or nested element, compiled at the first call; undefined for a name that the standard does not know. */
export const typeRules = (name: string): TypeRules | undefined => {
  const known = compiled.types.get(name);
  if (known !== undefined) return known;
  const { types } = loadDefinitions();
  const definition = Object.hasOwn(types, name) ? types[name] : undefined;
  if (definition === undefined) return undefined;
  const properties = new Map(definition.elements.filter((each) => each.max !== 0).flatMap(propertiesOf));
  const rules: TypeRules = {
    name,
    properties,
    required: definition.elements
      .filter((each) => each.min > 0)
      .map((each) => ({ element: each.name, properties: propertiesOf(each).map(([property]) => property) })),
    hasChoices: definition.elements.some((each) => each.choice === true),
    invariants: runnable(definition.invariants),
  };
  compiled.types.set(name, rules);
  return rules;
};
