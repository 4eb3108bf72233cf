import { isResource } from '../stored.ts';
import { typeRules } from '../validate-schema.ts';

/** What a link is to be instead; undefined leaves it as it is. */
export type Relink = (link: string) => string | undefined;

const LINKS = new Set(['uri', 'url', 'canonical', 'oid', 'uuid']);
const IN_NARRATIVE = /\b(href|src)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

const inNarrative = (div: string, relink: Relink): string =>
  div.replace(IN_NARRATIVE, (whole, name: string, double?: string, single?: string) => {
    const changed = relink((double ?? single ?? '').replaceAll('&amp;', '&'));
    return changed === undefined ? whole : `${name}="${changed.replaceAll('&', '&amp;')}"`;
  });

const relinkText = (text: string, type: string, parent: string, relink: Relink): string => {
  if (LINKS.has(type) || parent === 'Reference.reference') return relink(text) ?? text;
  return type === 'xhtml' ? inNarrative(text, relink) : text;
};

const walk = (node: unknown, type: string, parent: string, relink: Relink): unknown => {
  if (typeof node === 'string') return relinkText(node, type, parent, relink);
  if (typeof node !== 'object' || node === null || JSON.isRawJSON(node)) return node;
  if (Array.isArray(node)) return node.map((item) => walk(item, type, parent, relink));
  const name = isResource(node) ? node.resourceType : type;
  const properties = typeRules(name)?.properties;
  if (properties === undefined) return node;
  const changed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    const property = properties.get(key.startsWith('_') ? key.slice(1) : key);
    const of = key.startsWith('_') ? 'Element' : (property?.type ?? '');
    changed[key] = property === undefined ? value : walk(value, of, `${name}.${key}`, relink);
  }
  return changed;
};

/**
 * A copy of a resource in which links are replaced where the standard says: references, elements of type uri, url,
 * canonical, oid or uuid, and the links and images of a narrative (FHIR R4 http.html#trules). An identifier's value, for
 * one, is text and stays.
 */
export const relinked = <T>(resource: T, relink: Relink): T =>
  // The walk changes strings alone, so what comes out has the shape of what went in.
  walk(resource, '', '', relink) as T;

/** Every conditional reference (`Patient?identifier=…`) in a resource, once each. */
export const conditionalReferences = (resource: unknown): ReadonlySet<string> => {
  const found = new Set<string>();
  const seek = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (typeof value === 'object') seek(value);
      else if (key === 'reference' && typeof value === 'string' && /^[A-Z][A-Za-z]*\?/.test(value)) found.add(value);
    }
  };
  seek(resource);
  return found;
};
