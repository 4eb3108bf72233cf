import { isVouchedFor, type OpenApiDocument, vouchFor } from './contract-schema.ts';
import { isRecord } from './dialect-shape.ts';

type Node = Readonly<Record<string, unknown>>;

const FOREIGN = /^([a-z0-9][\w.-]*\.yaml)#(\/.+)$/;
const LOCAL = /^#\/components\/([^/]+)\/([^/]+)$/;

const itemsOf = (document: OpenApiDocument): readonly (readonly [path: string, item: Node])[] =>
  Object.entries(isRecord(document.paths) ? document.paths : {}).flatMap(([path, item]) =>
    isRecord(item) ? [[path, item] as const] : [],
  );

const targetOf = (item: Node): readonly [file: string, pointer: string] | undefined => {
  const [, file, pointer] = (typeof item.$ref === 'string' && FOREIGN.exec(item.$ref)) || [];
  return file === undefined || pointer === undefined ? undefined : [file, pointer];
};

/** The files beside it from which a contract takes paths: `/FHIR/R4: { $ref: "fhir-r4.yaml#/paths/~1FHIR~1R4" }`. */
export const filesTakenFrom = (document: OpenApiDocument): readonly string[] => [
  ...new Set(itemsOf(document).flatMap(([, item]) => targetOf(item)?.[0] ?? [])),
];

/** RFC 6901, as a URI fragment. */
const follow = (document: OpenApiDocument, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((node, step) => (isRecord(node) ? node[step] : undefined), document);

/** Every `#/components/…` that a part of a document names, directly. */
const namedIn = (node: unknown, found: Set<string>): void => {
  if (Array.isArray(node)) for (const entry of node) namedIn(entry, found);
  if (!isRecord(node)) return;
  if (typeof node.$ref === 'string') found.add(node.$ref);
  for (const entry of Object.values(node)) namedIn(entry, found);
};

/** What is taken, without the members that are `null` beside the `$ref`. */
const leftOf = (taken: unknown, own: unknown): unknown => {
  if (!isRecord(taken) || !isRecord(own)) return taken;
  return Object.fromEntries(
    Object.entries(taken).flatMap(([name, part]) => (own[name] === null ? [] : [[name, leftOf(part, own[name])]])),
  );
};

const merged = (taken: unknown, own: unknown): unknown => {
  if (own === undefined) return taken;
  if (!isRecord(taken) || !isRecord(own)) return own;
  const names = new Set([...Object.keys(taken), ...Object.keys(own)]);
  return Object.fromEntries(
    [...names].flatMap((name) => (own[name] === null ? [] : [[name, merged(taken[name], own[name])]])),
  );
};

/**
 * The contract as one document: paths that it takes from a file beside it are put in place (what stands beside the `$ref`
 * is added to it, member by member, and what is `null` there is left out), and the components that they name come along. Throws where a reference leads nowhere, or where both have a
 * component of one name that is not the same.
 */
export const bundleContract = (
  document: OpenApiDocument,
  files: Readonly<Record<string, OpenApiDocument>>,
): OpenApiDocument => {
  if (filesTakenFrom(document).length === 0) return document;
  const components: Record<string, Record<string, unknown>> = {};
  for (const [kind, parts] of Object.entries(isRecord(document.components) ? document.components : {}))
    components[kind] = isRecord(parts) ? { ...parts } : {};
  const bring = (from: OpenApiDocument, part: unknown): void => {
    const names = new Set<string>();
    namedIn(part, names);
    for (const name of names) {
      const [, kind, key] = LOCAL.exec(name) ?? [];
      const component = follow(from, name.slice(1));
      if (kind === undefined || key === undefined || component === undefined)
        throw new Error(`${name} leads nowhere that can be taken along`);
      components[kind] ??= {};
      const kept = components[kind];
      const known = kept[key];
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(component))
        throw new Error(`${name} is not the same in both documents`);
      if (known !== undefined) continue;
      kept[key] = component;
      bring(from, component);
    }
  };
  const paths: Record<string, unknown> = {};
  for (const [path, item] of itemsOf(document)) {
    const [file, pointer] = targetOf(item) ?? [];
    if (file === undefined || pointer === undefined) {
      paths[path] = item;
      continue;
    }
    const from = files[file];
    const { $ref: _, ...own } = item;
    const taken = from === undefined ? undefined : leftOf(follow(from, pointer), own);
    if (from === undefined || !isRecord(taken)) throw new Error(`${path}: ${String(item.$ref)} leads nowhere`);
    paths[path] = merged(taken, own);
    bring(from, taken);
  }
  const whole = { ...document, paths, components };
  return [document, ...Object.values(files)].every(isVouchedFor) ? vouchFor(whole) : whole;
};
