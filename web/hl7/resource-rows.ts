/** An element of a resource that holds a value. */
export interface ElementRow {
  /** Entry of the Bundle and element: `4 name[0].family`. */
  readonly key: string;
  readonly element: string;
  readonly value: string;
}

export interface ResourceRows {
  /** -1 is the Bundle itself. */
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

const isShown = (element: string): boolean => element !== 'resourceType' && element !== 'id';

const rowsOf = (entry: number, resource: Readonly<Record<string, unknown>>): ResourceRows => ({
  entry,
  type: String(resource.resourceType),
  rows: leaves(resource, '')
    .filter(([element]) => isShown(element))
    .map(([element, value]) => ({ key: `${entry} ${element}`, element, value })),
});

/** Every value of every resource of a Bundle, or of one resource; first what a message Bundle says of the message itself. */
export const resourceRows = (given: unknown): readonly ResourceRows[] => {
  if (!isRecord(given)) return [];
  if (given.resourceType !== 'Bundle' || !Array.isArray(given.entry)) return [rowsOf(0, given)];
  const { entry: entries, type: _, ...envelope } = given;
  const own = rowsOf(-1, envelope);
  const all = entries.flatMap((one: unknown, entry: number) =>
    isRecord(one) && isRecord(one.resource) ? [rowsOf(entry, one.resource)] : [],
  );
  return own.rows.length === 0 ? all : [own, ...all];
};
