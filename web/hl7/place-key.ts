const PATH = /^([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?(?:-(\d+)(?:\[(\d+)\])?(?:\.(\d+))?(?:\.(\d+))?)?$/;

/** One spelling for a place in a message: what a path leaves out is the first. A segment alone is that segment. */
export const placeKey = (path: string): string => {
  const [, segment = path, occurrence = '1', field, repetition = '1', component = '1', subcomponent = '1'] =
    PATH.exec(path) ?? [];
  if (field === undefined) return `${segment}[${occurrence}]`;
  return `${segment}[${occurrence}]-${field}[${repetition}].${component}.${subcomponent}`;
};
