import { parse } from '@babel/parser';

type Node = Readonly<Record<string, unknown>> & { readonly type: string };
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** Names that another gave and that only sound like a dialect: addresses, types of events, a contract of FHIR, the tables' own file. */
const GIVEN = /https?:\/\/\S+|\b(?:pds|imms)(?:-[a-z]+)+-\d\b|openapi\/fhir-r4\.yaml/g;

/** `hasOriginalModeOnly` → has, original, mode, only; `PDS_WRITES` → pds, writes. */
const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[ _]/);

const within = (text: string, dialect: string): boolean =>
  new RegExp(`(?<![a-z0-9])${dialect}(?![a-z0-9])`, 'i').test(text.replaceAll(GIVEN, ''));

/** What says something of dialects as data: the key of a table, an entry of a list. */
const isData = (parent: Node | undefined, place: string): boolean =>
  parent?.type === 'ArrayExpression' ||
  (parent?.type === 'ObjectProperty' && place === 'key' && parent.computed !== true);

const textOf = (node: Node): string | undefined => {
  if (node.type === 'StringLiteral') return String(node.value);
  const { value } = node;
  return node.type === 'TemplateElement' && typeof value === 'object' && value !== null && 'raw' in value
    ? String(value.raw)
    : undefined;
};

/** Which of these dialects code names, where that is not data: the dialect, and the text or name in which it stands. */
export const dialectsNamed = (source: string, dialects: readonly string[]): readonly (readonly [string, string])[] => {
  if (!dialects.some((dialect) => source.toLowerCase().includes(dialect))) return [];
  const found: (readonly [string, string])[] = [];
  const visit = (value: unknown, parent: Node | undefined, place: string): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, parent, place);
    if (!isNode(value)) return;
    const text = textOf(value);
    const name = value.type === 'Identifier' ? String(value.name) : undefined;
    for (const dialect of isData(parent, place) ? [] : dialects)
      if (text !== undefined && within(text, dialect)) found.push([dialect, text]);
      else if (name !== undefined && wordsOf(name).includes(dialect)) found.push([dialect, name]);
    for (const [key, inner] of Object.entries(value)) if (key !== 'loc' && key !== 'extra') visit(inner, value, key);
  };
  visit(parse(source, { sourceType: 'module', plugins: ['typescript'] }).program, undefined, '');
  return found;
};
