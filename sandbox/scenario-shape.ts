import { parseDocument } from 'yaml';
import { type Check, isRecord, list, matching, shape, table, text, whole } from './dialect-shape.ts';
import type { NewFault } from './faults.ts';

/** What a step's exchange or result has to be. A path is dotted: `entry.0.resource.id`. */
export interface Expectation {
  /** What to look for, in words. */
  readonly say?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, Expected>>;
  /** Of the reply's JSON body. */
  readonly body?: Readonly<Record<string, Expected>>;
  /** Of what the act returned. */
  readonly result?: Readonly<Record<string, Expected>>;
}
/** A value that has to be equal, or a condition on it. */
export type Expected = unknown | { readonly absent: true } | { readonly present: true } | { readonly not: unknown };

export interface Step {
  readonly title: string;
  readonly narration: string;
  /** A participant, or `sandbox` for faults and the clock. */
  readonly turn: string;
  /** Only in these dialects; in all when absent. */
  readonly dialects?: readonly string[];
  readonly act?: string;
  /** Strings in it may hold `{{steps.1.body.id}}`. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** Dialect → the operationId by which an external participant's exchange is recognised. */
  readonly operation?: Readonly<Record<string, string>>;
  /** Replaces all faults; none switches them off. */
  readonly faults?: readonly NewFault[];
  /** ISO 8601 duration. */
  readonly advance?: string;
  readonly expect?: Expectation;
  /** Dialect → what differs there. */
  readonly expectIn?: Readonly<Record<string, Expectation>>;
}

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** Only in these dialects; in all when absent. */
  readonly dialects?: readonly string[];
  readonly steps: readonly Step[];
}

export class ScenarioFileError extends Error {
  readonly faults: readonly string[];

  constructor(where: string, faults: readonly string[]) {
    super(faults.map((fault) => `${where}: ${fault}`).join('\n'));
    this.name = 'ScenarioFileError';
    this.faults = faults;
  }
}

const anything: Check = () => {};
const paths = table(/^[\w.-]+$/, anything);
const expectation = shape({}, { say: text, status: whole(200, 599), headers: paths, body: paths, result: paths });
const mapping: Check = (value, at, faults) => {
  if (!isRecord(value)) faults.push(`${at}: must be a mapping`);
};
const ID = /^[a-z][a-z0-9-]*$/;

const stepMembers = shape(
  { title: text, narration: text, turn: matching(ID, 'a participant or sandbox') },
  {
    dialects: list(text),
    act: text,
    input: mapping,
    operation: table(ID, text),
    faults: list(mapping),
    advance: matching(/^P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$/, 'an ISO 8601 duration such as P1D or PT30S'),
    expect: expectation,
    expectIn: table(ID, expectation),
  },
);

/** A step is an act of a participant, or a change of the sandbox, and exactly one thing. */
const step: Check = (value, at, faults) => {
  stepMembers(value, at, faults);
  if (!isRecord(value)) return;
  const does = ['act', 'faults', 'advance'].filter((name) => value[name] !== undefined);
  if (does.length !== 1) faults.push(`${at}: must have exactly one of act, faults, advance`);
  const bySandbox = value.turn === 'sandbox';
  if (bySandbox && value.act !== undefined) faults.push(`${at}.act: sandbox has faults and advance, no acts`);
  if (!bySandbox && (value.faults !== undefined || value.advance !== undefined))
    faults.push(`${at}.turn: faults and the clock are the turn of sandbox`);
  if (value.input !== undefined && value.act === undefined) faults.push(`${at}.input: belongs to an act`);
};

const file = shape({ title: text, summary: text, steps: list(step) }, { dialects: list(text) });

/** Reads a scenario from the text of its file; throws with every fault and its place. `id` is the file's name. */
export const parseScenario = (yaml: string, id: string, where = `${id}.yaml`): Scenario => {
  const document = parseDocument(yaml);
  if (document.errors.length > 0)
    throw new ScenarioFileError(
      where,
      document.errors.map(({ message }) => message),
    );
  const value: unknown = document.toJS();
  const faults: string[] = [];
  file(value, '', faults);
  if (isRecord(value) && Array.isArray(value.steps) && value.steps.length === 0) faults.push('steps: is empty');
  if (faults.length > 0) throw new ScenarioFileError(where, faults);
  // Every member was checked above, and there are no others.
  return { ...(value as Omit<Scenario, 'id'>), id };
};

/** The steps that there are in a dialect; their numbers count from 1 among these. */
export const stepsIn = (scenario: Scenario, dialect: string): readonly Step[] =>
  scenario.steps.filter(({ dialects }) => dialects === undefined || dialects.includes(dialect));

export const isIn = (scenario: Scenario, dialect: string): boolean =>
  scenario.dialects === undefined || scenario.dialects.includes(dialect);

/** What is expected of a step in a dialect. */
export const expectationIn = (one: Step, dialect: string): Expectation => {
  const own = one.expectIn?.[dialect] ?? {};
  const merged = (member: 'headers' | 'body' | 'result') =>
    one.expect?.[member] === undefined && own[member] === undefined
      ? {}
      : { [member]: { ...one.expect?.[member], ...own[member] } };
  return { ...one.expect, ...own, ...merged('headers'), ...merged('body'), ...merged('result') };
};
