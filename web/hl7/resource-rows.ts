/** An element of a resource that holds a value. */
export interface ElementRow {
  /** Entry of the Bundle and element: `4 name[0].family`. */
  readonly key: string;
  readonly element: string;
  readonly value: string;
}

export interface ResourceRows {
  readonly entry: number;
  readonly type: string;
  readonly rows: readonly ElementRow[];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const leaves = (value: unknown, path: string): readonly (readonly [string, string])[] => {
  if (Array.isArray(value)) return value.flatMap((item: unknown, index) => leaves(item, `${path}[${index}]`));
  if (isRecord(value))
    return Object.entries(value).flatMap(([name, item]) => leaves(item, path === '' ? name : `${path}.${name}`));
  return [[path, String(value)]];
};

/** Every value of every resource of a Bundle, or of one resource. */
export const resourceRows = (given: unknown): readonly ResourceRows[] => {
  if (!isRecord(given)) return [];
  const entries: readonly unknown[] =
    given.resourceType === 'Bundle' && Array.isArray(given.entry) ? given.entry : [{ resource: given }];
  return entries.flatMap((one, entry) => {
    const resource = isRecord(one) && isRecord(one.resource) ? one.resource : undefined;
    if (resource === undefined) return [];
    const rows = leaves(resource, '')
      .filter(([element]) => element !== 'resourceType' && element !== 'id')
      .map(([element, value]) => ({ key: `${entry} ${element}`, element, value }));
    return [{ entry, type: String(resource.resourceType), rows }];
  });
};
