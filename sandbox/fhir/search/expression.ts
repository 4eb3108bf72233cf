import { loadDefinitions } from '../definitions/load.ts';
import type { ElementDefinition } from '../definitions/shape.ts';
import { compileRule } from '../validate-fhirpath.ts';
import { type Node, parseFhirPath } from '../validate-fhirpath-parse.ts';
import { choiceSuffix } from '../validate-schema.ts';
import { referenceType } from './normalise.ts';

/** A value that an expression finds in a resource, with its type: what it is indexed as depends on that. */
export interface TypedValue {
  readonly type: string;
  readonly value: unknown;
  /** The one code system of a bound `code`. */
  readonly system?: string;
}

export type Extract = (resource: unknown, found: TypedValue[]) => void;

interface Step {
  readonly property: string;
  readonly keep?: (value: unknown) => boolean;
}
interface Path {
  readonly steps: readonly Step[];
  readonly type: string;
  readonly system?: string;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

const elementOf = (type: string, name: string): ElementDefinition | undefined =>
  loadDefinitions().types[type]?.elements.find((element) => element.name === name);

const onlySystem = (binding: string | undefined): string | undefined => {
  const systems = binding === undefined ? [] : Object.keys(loadDefinitions().codes[binding] ?? {});
  return systems.length === 1 ? systems[0] : undefined;
};

const follow = (path: Path, name: string): readonly Path[] => {
  const element = elementOf(path.type, name);
  if (element === undefined) throw new Error(`${path.type} has no ${name}`);
  const system = onlySystem(element.binding);
  return element.types.map((type) => ({
    steps: [...path.steps, { property: element.choice === true ? `${name}${choiceSuffix(type)}` : name }],
    type: type.replace('@', ''),
    ...(system === undefined ? {} : { system }),
  }));
};

const filtered = (path: Path, keep: (value: unknown) => boolean): Path => {
  const last = path.steps.at(-1);
  if (last === undefined) throw new Error('a filter needs a path before it');
  return { ...path, steps: [...path.steps.slice(0, -1), { ...last, keep }] };
};

/** `where(resolve() is Patient)` and `where(system = 'phone')`: the two forms that the standard's expressions use. */
const filterOf = (test: Node | undefined): ((value: unknown) => boolean) => {
  if (test?.kind === 'type' && test.on.kind === 'call' && test.on.name === 'resolve') {
    const wanted = test.type;
    return (value) => {
      const reference = field(value, 'reference');
      const type = field(value, 'type') ?? (typeof reference === 'string' ? referenceType(reference) : undefined);
      return type === wanted;
    };
  }
  if (test?.kind === 'binary' && test.op === '=' && test.left.kind === 'member' && test.right.kind === 'literal') {
    const { name } = test.left;
    const wanted = test.right.value;
    return (value) => field(value, name) === wanted;
  }
  throw new Error('a filter of another form');
};

const pathsOf = (node: Node, type: string): readonly Path[] => {
  if (node.kind === 'member') {
    if (node.on === undefined) {
      return node.name === type || node.name === 'Resource'
        ? [{ steps: [], type: node.name }]
        : follow({ steps: [], type }, node.name);
    }
    return pathsOf(node.on, type).flatMap((path) => follow(path, node.name));
  }
  if (node.kind === 'index') {
    return pathsOf(node.on, type);
  }
  if (node.kind === 'call' && node.on !== undefined) {
    const on = pathsOf(node.on, type);
    if (node.name === 'where') return on.map((path) => filtered(path, filterOf(node.args[0])));
    const [arg] = node.args;
    if (node.name === 'ofType' && arg?.kind === 'member') return on.filter((path) => path.type === arg.name);
  }
  throw new Error(`an expression of another form: ${node.kind}`);
};

const collect = (value: unknown, path: Path, at: number, found: TypedValue[]): void => {
  const step = path.steps[at];
  if (step === undefined) {
    found.push(
      path.system === undefined ? { type: path.type, value } : { type: path.type, value, system: path.system },
    );
    return;
  }
  const next = field(value, step.property);
  if (next === undefined || next === null) return;
  if (!Array.isArray(next)) {
    if (step.keep === undefined || step.keep(next)) collect(next, path, at + 1, found);
    return;
  }
  for (const each of next) {
    if (each !== null && (step.keep === undefined || step.keep(each))) collect(each, path, at + 1, found);
  }
};

const branchesOf = (node: Node): readonly Node[] =>
  node.kind === 'binary' && node.op === '|' ? [...branchesOf(node.left), ...branchesOf(node.right)] : [node];

/** Compiles a search parameter's expression for a type once: each branch becomes property steps, or a rule of FHIRPath. */
export const compileExpression = (expression: string, type: string): Extract => {
  const extracts = branchesOf(parseFhirPath(expression)).map((node): Extract => {
    if (node.kind === 'binary') {
      const holds = compileRule(expression, new Map([['deceased', new Set(['Boolean', 'DateTime'])]]));
      return (resource, found) => {
        found.push({ type: 'boolean', value: holds(resource, resource) === true });
      };
    }
    const paths = pathsOf(node, type);
    return (resource, found) => {
      for (const path of paths) collect(resource, path, 0, found);
    };
  });
  return (resource, found) => {
    for (const extract of extracts) extract(resource, found);
  };
};
