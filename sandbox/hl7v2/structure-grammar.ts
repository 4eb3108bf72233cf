/** What stands in a structure: a segment, or several things of which each may hold others. */
export type Item =
  | { readonly segment: string }
  | { readonly items: readonly Item[]; readonly optional: boolean; readonly repeats: boolean };

const CLOSES: Readonly<Record<string, string>> = { '[': ']', '{': '}' };
const SEGMENT = /^[A-Z][A-Z0-9]{2}$/;

/** Reads `MSH EVN PID [PD1] [{NK1}]` as HL7 writes it (v2.5.1 chapter 2.12). Throws where it is not that. */
export const readGrammar = (text: string): readonly Item[] => {
  const tokens = text.match(/[[\]{}]|[^\s[\]{}]+/g) ?? [];
  let at = 0;
  const items = (end: string | undefined): readonly Item[] => {
    const found: Item[] = [];
    for (let token = tokens[at]; token !== end; token = tokens[at]) {
      if (token === undefined) throw new Error(`${JSON.stringify(end)} is missing`);
      at += 1;
      const close = CLOSES[token];
      if (close !== undefined) {
        found.push({ items: items(close), optional: token === '[', repeats: token === '{' });
        at += 1;
      } else if (SEGMENT.test(token)) found.push({ segment: token });
      else throw new Error(`${token} is no segment`);
    }
    return found;
  };
  return items(undefined);
};

export const segmentsIn = (items: readonly Item[]): readonly string[] =>
  items.flatMap((item) => ('segment' in item ? [item.segment] : segmentsIn(item.items)));

/** Segments with which it may begin, and whether all of it may be absent. */
const beginnings = (items: readonly Item[]): { readonly names: readonly string[]; readonly absent: boolean } => {
  const names: string[] = [];
  for (const item of items) {
    if ('segment' in item) return { names: [...names, item.segment], absent: false };
    const inside = beginnings(item.items);
    names.push(...inside.names);
    if (!item.optional && !inside.absent) return { names, absent: false };
  }
  return { names, absent: true };
};

const known = new WeakMap<readonly Item[], ReturnType<typeof beginnings>>();
const beginningsOf = (items: readonly Item[]) => {
  const found = known.get(items) ?? beginnings(items);
  known.set(items, found);
  return found;
};

export interface Misfit {
  readonly missing: readonly string[];
  /** The first segment that cannot stand where it stands: its place in the names. */
  readonly misplaced?: number;
}

/** Whether the segments of a message, all of which occur in the structure, stand as it says. */
export const compareWith = (items: readonly Item[], names: readonly string[]): Misfit => {
  const missing: string[] = [];
  let at = 0;
  const begins = (inside: readonly Item[]): boolean => beginningsOf(inside).names.includes(names[at] ?? '');
  const lack = (name: string): void => {
    // One that comes later is misplaced, and not missing.
    if (!names.includes(name, at) && !missing.includes(name)) missing.push(name);
  };
  const take = (list: readonly Item[]): void => {
    for (const item of list) {
      if ('segment' in item) {
        if (names[at] === item.segment) at += 1;
        else lack(item.segment);
        continue;
      }
      if (begins(item.items)) {
        take(item.items);
        while (item.repeats && begins(item.items)) take(item.items);
      } else if (!item.optional && !beginningsOf(item.items).absent) take(item.items);
    }
  };
  take(items);
  return at < names.length ? { missing, misplaced: at } : { missing };
};
