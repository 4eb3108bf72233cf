/** The part of FHIRPath (hl7.org/fhirpath/N1) that the invariants of R4 are written in, as a tree. */
export type Node =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | undefined }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'member'; readonly on: Node | undefined; readonly name: string }
  | { readonly kind: 'call'; readonly on: Node | undefined; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'index'; readonly on: Node; readonly at: Node }
  | { readonly kind: 'type'; readonly op: 'is' | 'as'; readonly on: Node; readonly type: string }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Node; readonly right: Node };

const TOKEN = /\s+|'(?:[^'\\]|\\.)*'|`[^`]+`|\d+(?:\.\d+)?|[$%]?[A-Za-z_]\w*|<=|>=|!=|[.()[\]{},|&+=<>-]/gy;

/** Loosest first (N1, Operator Precedence). */
const LEVELS: readonly (readonly string[])[] = [
  ['implies'],
  ['or', 'xor'],
  ['and'],
  ['in', 'contains'],
  ['=', '!='],
  ['<', '>', '<=', '>='],
  ['|'],
  ['is', 'as'],
  ['+', '-', '&'],
];

const tokens = (source: string): readonly string[] => {
  const found = source.match(TOKEN) ?? [];
  if (found.join('') !== source) throw new Error(`cannot read the FHIRPath ${source}`);
  return found.filter((token) => token.trim() !== '');
};

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
const unquote = (token: string): string =>
  token.slice(1, -1).replace(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character);

/** Throws on what it does not know: the definitions' test proves that every invariant can be read. */
export const parseFhirPath = (source: string): Node => {
  const list = tokens(source);
  let at = 0;
  const take = (expected?: string): string => {
    const token = list[at];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`expected ${expected ?? 'more'} in the FHIRPath ${source}`);
    }
    at += 1;
    return token;
  };
  const level = (depth: number): Node => {
    const operators = LEVELS[depth];
    if (operators === undefined) return postfix();
    let left = level(depth + 1);
    for (let op = list[at]; op !== undefined && operators.includes(op); op = list[at]) {
      take();
      left =
        op === 'is' || op === 'as'
          ? { kind: 'type', op, on: left, type: take() }
          : { kind: 'binary', op, left, right: level(depth + 1) };
    }
    return left;
  };
  const postfix = (): Node => {
    let node = term();
    for (;;) {
      if (list[at] === '.') {
        take('.');
        node = invocation(node);
      } else if (list[at] === '[') {
        take('[');
        node = { kind: 'index', on: node, at: level(0) };
        take(']');
      } else return node;
    }
  };
  const term = (): Node => {
    const token = list[at] ?? '';
    if (token === '(') {
      take('(');
      const inner = level(0);
      take(')');
      return inner;
    }
    if (token === '{') {
      take('{');
      take('}');
      return { kind: 'literal', value: undefined };
    }
    if (token.startsWith("'")) return { kind: 'literal', value: unquote(take()) };
    if (/^\d/.test(token)) return { kind: 'literal', value: Number(take()) };
    if (token === 'true' || token === 'false') return { kind: 'literal', value: take() === 'true' };
    if (/^[$%]/.test(token)) return { kind: 'variable', name: take() };
    return invocation(undefined);
  };
  const invocation = (on: Node | undefined): Node => {
    const token = take();
    const name = token.startsWith('`') ? token.slice(1, -1) : token;
    if (!/^[A-Za-z_]/.test(name)) throw new Error(`unexpected ${token} in the FHIRPath ${source}`);
    if (list[at] !== '(') return { kind: 'member', on, name };
    take('(');
    const args: Node[] = [];
    while (list[at] !== ')') {
      args.push(level(0));
      if (list[at] === ',') take(',');
    }
    take(')');
    return { kind: 'call', on, name, args };
  };
  const tree = level(0);
  if (at < list.length) throw new Error(`unexpected ${list[at]} in the FHIRPath ${source}`);
  return tree;
};
