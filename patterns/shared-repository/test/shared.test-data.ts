import { afterAll, beforeAll } from 'vitest';
import { type NewFault, replaceFaults } from '../../../sandbox/faults.ts';
import type { ExchangeView } from '../../../sandbox/journal.ts';
import { findParticipant, loadSandbox } from '../../../sandbox/participants.ts';
import { type Answered, call, type Played, play } from '../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../loaded.ts';

type Input = Readonly<Record<string, unknown>>;

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** As which participant; as nobody unless told. */
  readonly as?: string;
}

/** A sandbox for a test. */
export interface Box {
  readonly id: string;
  readonly base: string;
  ask(path: string, asked?: Asked): Promise<Answered>;
  /** Below the FHIR base. */
  fhir(path: string, asked?: Asked): Promise<Answered>;
  act(participant: string, act: string, input?: Input): Promise<Input>;
  settled(): Promise<void>;
  advance(milliseconds: number): Promise<void>;
  /** Switches this fault on, and all others off. */
  fault(rule: NewFault): Promise<void>;
  exchanges(): Promise<readonly ExchangeView[]>;
}

const [USUAL = ''] = (await loadThisPattern()).manifest.dialects;

/** The pattern, served for the tests of one file; each test opens a sandbox of its own. */
export const boxes = (): { open(dialect?: string): Promise<Box> } => {
  let played: Played;
  let count = 0;
  beforeAll(async () => {
    played = await play(await loadThisPattern());
  });
  afterAll(() => played.close());
  const credentialOf = async (id: string, participant: string): Promise<string> => {
    const sandbox = await loadSandbox(played.host.sql, id);
    return (sandbox && findParticipant(sandbox, participant)?.credential) ?? '';
  };
  return {
    open: async (dialect = USUAL) => {
      count += 1;
      const id = `s${count}`;
      const base = await played.open(id, { dialect, seed: 1, people: 2 });
      const ask = async (path: string, { as, headers = {}, ...asked }: Asked = {}): Promise<Answered> => {
        const token = as === undefined ? {} : { authorization: `Bearer ${await credentialOf(id, as)}` };
        const needed = { 'x-request-id': crypto.randomUUID() };
        return call(`${base}/repository${path}`, { ...asked, headers: { ...needed, ...token, ...headers } });
      };
      return {
        id,
        base,
        ask,
        fhir: (path, asked) => ask(`/FHIR/R4/${path}`, asked),
        // Every act of the pattern answers with an object.
        act: async (participant, act, input) => (await played.act(id, participant, act, input)) as Input,
        settled: () => played.settled(id),
        advance: (milliseconds) => played.advance(id, milliseconds),
        fault: async (rule) => {
          const serial = (await loadSandbox(played.host.sql, id))?.row.serial ?? 0;
          await played.host.sql.transaction((tx) => replaceFaults(tx, serial, [rule]));
        },
        exchanges: () => played.exchanges(id),
      };
    },
  };
};

/** The codes of an OperationOutcome. */
export const codesOf = ({ body }: Answered): readonly string[] =>
  (body as fhir4.OperationOutcome).issue.flatMap(({ details }) => details?.coding?.map(({ code = '' }) => code) ?? []);

export const wordsOf = ({ body }: Answered): string => (body as fhir4.OperationOutcome).issue[0]?.diagnostics ?? '';
