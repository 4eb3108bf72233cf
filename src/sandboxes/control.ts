import { sandboxNow } from '../../sandbox/clock.ts';
import { exchangeId } from '../../sandbox/exchange-id.ts';
import type { Host, LoadedPattern } from '../../sandbox/http/host.ts';
import type { ExchangeStart } from '../../sandbox/journal.ts';
import { maskRealNumbers } from '../../sandbox/nhs-number.ts';
import type { LoadedSandbox } from '../../sandbox/participants.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import type { Tx } from '../../sandbox/sql/port.ts';

/** Who tells a sandbox to do something, as the journal names them. */
export interface Actor {
  readonly label: string;
}

/** One thing that was done to a sandbox from outside its participants. */
export interface ControlAction {
  /** operationId of openapi/service.yaml. */
  readonly operation: string;
  /** The participant that it concerns, else `fingerpost`. */
  readonly to: string;
  readonly summary: string;
  /** What was asked for, without anything secret. */
  readonly input: unknown;
}

/** A participant as people call it; the journal's `from` and `to` have the name that URLs have. */
export const titleOf = ({ manifest }: Pick<LoadedPattern, 'manifest'>, name: string): string =>
  manifest.participants.find((participant) => participant.name === name)?.title ?? name;

const JSON_TYPE = { 'content-type': 'application/json' };
const CONTROLLER = 'fingerpost';

/** As JSON; what is typed into an act may name a real person, and is kept as little as what a participant is sent. */
const textOf = (host: Host, value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'string' && !host.allowRealNhsNumbers ? maskRealNumbers(inner) : inner,
  );

const startOf = (host: Host, { row }: LoadedSandbox, actor: Actor, action: ControlAction): ExchangeStart => {
  const real = host.now();
  return {
    id: exchangeId(real),
    sandbox: row.id,
    serial: row.serial,
    kind: 'control',
    at: sandboxNow(row, real),
    atReal: real,
    from: CONTROLLER,
    to: action.to,
    claimed: false,
    operation: action.operation,
    summary: `${action.summary} (key “${actor.label}”)`,
    ...(action.input === undefined ? {} : { request: { headers: JSON_TYPE, body: textOf(host, action.input) } }),
  };
};

const reply = (host: Host, status: number, body: unknown) => ({
  status,
  headers: JSON_TYPE,
  ...(body === undefined ? {} : { body: textOf(host, body) }),
});

/** Runs a change in the transaction that also records it (rules 3). */
export const controlled = async <T>(
  host: Host,
  sandbox: LoadedSandbox,
  actor: Actor,
  action: ControlAction,
  change: (tx: Tx) => Promise<T>,
): Promise<T> => {
  const start = startOf(host, sandbox, actor, action);
  const began = performance.now();
  const result = await host.sql.transaction(async (tx) => {
    await host.journal.begin(tx, start);
    return change(tx);
  }, sandbox.row.serial);
  host.journal.finish(start, { reply: reply(host, 200, undefined), milliseconds: performance.now() - began });
  return result;
};

/** The same for what takes more than one transaction: recorded when it begins, and again with what came of it. */
export const controlledRun = async <T>(
  host: Host,
  sandbox: LoadedSandbox,
  actor: Actor,
  action: ControlAction,
  run: () => Promise<T>,
): Promise<T> => {
  const start = startOf(host, sandbox, actor, action);
  const began = performance.now();
  const end = (status: number, body: unknown): void =>
    host.journal.finish(start, { reply: reply(host, status, body), milliseconds: performance.now() - began });
  await host.sql.transaction((tx) => host.journal.begin(tx, start), sandbox.row.serial);
  try {
    const result = await run();
    end(200, result);
    return result;
  } catch (error) {
    if (error instanceof ProblemError) end(error.problem.status, { title: error.problem.title, errors: error.faults });
    else end(500, { title: 'Something went wrong here' });
    throw error;
  }
};
