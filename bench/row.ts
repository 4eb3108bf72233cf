/** One line of the result. `value` is what the budget is about: a ratio, milliseconds or bytes. */
export interface Row {
  readonly name: string;
  readonly unit: 'ratio' | 'ms' | 'MB' | 'KB' | '/s';
  readonly value: number;
  /** Lowest and highest of the rounds. */
  readonly spread: readonly [number, number];
  readonly budget: { readonly atLeast: number } | { readonly atMost: number } | undefined;
  /** What the value was made of. */
  readonly detail: Readonly<Record<string, number>>;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
};

export const spread = (values: readonly number[]): readonly [number, number] => [
  Math.min(...values),
  Math.max(...values),
];

export const holds = ({ value, budget }: Row): boolean =>
  budget === undefined || ('atLeast' in budget ? value >= budget.atLeast : value <= budget.atMost);

const digits = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);

export const print = (row: Row): string => {
  const budget =
    row.budget === undefined ? '' : 'atLeast' in row.budget ? `≥ ${row.budget.atLeast}` : `≤ ${row.budget.atMost}`;
  const unit = row.unit === 'ratio' ? '×' : ` ${row.unit}`;
  const detail = Object.entries(row.detail)
    .map(([name, value]) => `${name} ${digits(value)}`)
    .join(', ');
  const verdict = row.budget === undefined ? '  ' : holds(row) ? 'ok' : 'NO';
  return `${verdict}  ${row.name.padEnd(46)} ${`${digits(row.value)}${unit}`.padStart(10)}  [${row.spread.map(digits).join(' … ')}]  ${budget.padEnd(8)} ${detail}`;
};
