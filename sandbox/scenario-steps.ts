import type { NewFault } from './faults.ts';
import type { ExchangeView, Journal, SandboxKey } from './journal.ts';
import { NOT_FOUND, ProblemError, problem } from './problem.ts';
import type { PlayedStep } from './scenario-progress.ts';
import { type Expectation, expectationIn, type Step } from './scenario-shape.ts';
import { differences, fill, type StepValues } from './scenario-values.ts';
import type { Sql } from './sql/port.ts';

/** What the player needs of its surroundings: it has no way of its own to act, so that a scenario is real traffic. */
export interface ScenarioDeps {
  readonly sql: Sql;
  readonly journal: Pick<Journal, 'page' | 'get' | 'flush'>;
  /** Tells a simulated participant to act, and says which exchanges that set off, in order. */
  act(
    participant: string,
    act: string,
    input: Readonly<Record<string, unknown>>,
  ): Promise<{ result: unknown; exchanges: readonly string[] }>;
  /** Replaces all faults. */
  setFaults(faults: readonly NewFault[]): Promise<unknown>;
  /** ISO 8601 duration on the sandbox clock. */
  advance(duration: string): Promise<unknown>;
  /** Resolves when what a step set off has been done, or has taken long enough. */
  settled(): Promise<unknown>;
}

export interface ScenarioSandbox extends SandboxKey {
  readonly dialect: string;
  readonly participants: readonly { readonly name: string; readonly mode: 'simulated' | 'external' | 'stopped' }[];
}

const RESULT_MAX = 64 * 1024;
const PAGE = 200;

const bodyOf = (exchange: ExchangeView): unknown => {
  const text = exchange.reply?.body;
  if (text === undefined || exchange.reply?.encoding === 'base64') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const valuesOf = (exchange: ExchangeView | undefined, result: unknown): StepValues => ({
  headers: exchange?.reply?.headers ?? {},
  ...(exchange?.reply?.status === undefined ? {} : { status: exchange.reply.status }),
  ...(exchange === undefined ? {} : { body: bodyOf(exchange) }),
  ...(result === undefined ? {} : { result }),
});

/** What earlier steps left, read again from the journal, so that a restart in between loses nothing. */
const earlierValues = async (deps: ScenarioDeps, sandbox: SandboxKey, done: readonly PlayedStep[]) => {
  const steps: Record<string, StepValues> = {};
  for (const [index, step] of done.entries()) {
    const last = step.exchanges.at(-1);
    const exchange = last === undefined ? undefined : await deps.journal.get(sandbox, last);
    steps[String(index + 1)] = valuesOf(exchange, step.result);
  }
  return { steps };
};

export const cursorNow = async (deps: ScenarioDeps, sandbox: SandboxKey): Promise<number> => {
  await deps.journal.flush();
  const [row] = await deps.sql.query<{ seq: number }>('select seq from sandbox where id = $1', [sandbox.id]);
  if (row === undefined) throw problem(NOT_FOUND, 'The sandbox was deleted');
  return row.seq;
};

const judged = (expected: Expectation, values: StepValues): Pick<PlayedStep, 'outcome' | 'detail'> => {
  const wrong = differences(expected, values);
  return wrong.length === 0 ? { outcome: 'as-expected' } : { outcome: 'not-as-expected', detail: wrong.join('; ') };
};

const kept = (result: unknown): { result?: unknown } =>
  result === undefined || JSON.stringify(result).length > RESULT_MAX ? {} : { result };

/** Expectations may name what earlier steps left, as inputs may. */
const filledExpectation = (step: Step, dialect: string, values: unknown): Expectation =>
  // Filling keeps the shape.
  fill(expectationIn(step, dialect), values) as Expectation;

export interface Playing {
  readonly deps: ScenarioDeps;
  readonly sandbox: ScenarioSandbox;
  readonly done: readonly PlayedStep[];
  /** Where the journal stood when the step before was done. */
  readonly after: number;
}

/** A step of a simulated participant. */
export const playAct = async ({ deps, sandbox, done }: Playing, step: Step): Promise<PlayedStep> => {
  const values = await earlierValues(deps, sandbox, done);
  const expected = filledExpectation(step, sandbox.dialect, values);
  const input = fill(step.input ?? {}, values);
  try {
    // A template that is a mapping stays one.
    const { result, exchanges } = await deps.act(step.turn, step.act ?? '', input as Readonly<Record<string, unknown>>);
    await deps.settled();
    const cursor = await cursorNow(deps, sandbox);
    const last = exchanges.at(-1);
    const exchange = last === undefined ? undefined : await deps.journal.get(sandbox, last);
    return { ...judged(expected, valuesOf(exchange, result)), exchanges, cursor, ...kept(result) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { outcome: 'not-as-expected', detail: error.message, exchanges: [], cursor: await cursorNow(deps, sandbox) };
  }
};

export const playSandbox = async ({ deps, sandbox }: Playing, step: Step): Promise<PlayedStep> => {
  if (step.faults !== undefined) await deps.setFaults(step.faults);
  if (step.advance !== undefined) await deps.advance(step.advance);
  await deps.settled();
  return { outcome: 'as-expected', exchanges: [], cursor: await cursorNow(deps, sandbox) };
};

/** The exchanges that an external participant's step may mean: its own, of that operation, answered since the step before. */
const candidates = async ({ deps, sandbox, after }: Playing, step: Step): Promise<ExchangeView[]> => {
  await deps.journal.flush();
  const operation = step.operation?.[sandbox.dialect];
  const found: ExchangeView[] = [];
  for (let cursor = after; ; ) {
    const page = await deps.journal.page(sandbox, cursor, PAGE);
    for (const one of page.items)
      if (one.kind === 'http' && one.from === step.turn && one.operation === operation && one.reply !== undefined)
        found.push(one);
    const last = page.items.at(-1);
    if (last === undefined || page.next === undefined) return found;
    cursor = Number(last.cursor);
  }
};

/** Somebody else's turn: done once the journal holds what was expected; until then, what was seen that was not. */
export const seekYours = async (playing: Playing, step: Step): Promise<{ done?: PlayedStep; seen?: PlayedStep }> => {
  const { deps, sandbox, done } = playing;
  const expected = filledExpectation(step, sandbox.dialect, await earlierValues(deps, sandbox, done));
  // Only the act of a simulated participant returns a result.
  const { result: _result, ...visible } = expected;
  let seen: PlayedStep | undefined;
  for (const exchange of await candidates(playing, step)) {
    const verdict = judged(visible, valuesOf(exchange, undefined));
    const played: PlayedStep = { ...verdict, exchanges: [exchange.id], cursor: Number(exchange.cursor) };
    if (verdict.outcome === 'as-expected') return { done: played };
    seen = played;
  }
  return seen === undefined ? {} : { seen };
};
