/** The columns of a sandbox row that make its clock: at real time `anchor` it showed `base`, and runs `speed` times as fast. */
export interface ClockRow {
  readonly clock_base: number;
  readonly clock_anchor_real: number;
  /** 1 is real time, 60 a minute a second, 0 stands still. */
  readonly clock_speed: number;
}

/** The end of the year 9999, the last that FHIR's instants and RFC 3339 can write; the clock of a sandbox stops there. */
export const TIME_MAX = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** What the sandbox's clock shows at a real time, in whole milliseconds. It does not run back when the real one is set back. */
export const sandboxNow = (row: ClockRow, real: number): number => {
  const passed = Math.max(0, real - row.clock_anchor_real) * row.clock_speed;
  return Math.min(TIME_MAX, Math.floor(row.clock_base + passed));
};

/** The real time at which the sandbox's clock will show `due`; undefined when it never will. */
export const realWhen = (row: ClockRow, due: number): number | undefined => {
  const ahead = due - row.clock_base;
  if (ahead <= 0) return row.clock_anchor_real;
  if (row.clock_speed <= 0) return undefined;
  const real = row.clock_anchor_real + Math.ceil(ahead / row.clock_speed);
  return real > TIME_MAX ? undefined : real;
};
