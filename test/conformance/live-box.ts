import type { Supplier } from '../../sandbox/auth/supplier.test-data.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import type { Catalogue } from '../../src/catalogue.ts';
import { type Box, owner } from '../e2e/conform-harness.test-data.ts';
import { json } from '../e2e/sandbox-client.ts';
import type { Address } from './live-address.ts';
import type { LiveCase, Play } from './live-case.ts';

/** The service that plays, and what participants of all cases have in common. */
export interface Stage {
  readonly url: string;
  /** Who signs requests for tokens. */
  readonly supplier: Supplier;
  readonly catalogue: Pick<Catalogue, 'manifest'>;
}

interface Listed<T> {
  readonly items: readonly T[];
}

interface Exchange {
  readonly kind: string;
}
const exchangesIn = (items: readonly Exchange[]): number =>
  items.filter(({ kind }) => kind === 'http' || kind === 'mllp').length;

/** The sandbox of a case, in which its participant's seat is taken by what listens at `address`, as its owner has it. */
export interface LiveBox {
  readonly box: Box;
  /** Who is asked where a step does not say. */
  readonly main: string;
  titleOf(participant: string): string;
  /** What only the owner can do, where the step is that; undefined where the participant does something. */
  rule(step: Play): Promise<unknown> | undefined;
  setFaults(items: NonNullable<Play['faults']>): Promise<unknown>;
  /** Of the API, below the sandbox. */
  shown<T>(path: string): Promise<T>;
  /** When the request has come that a fault delays: that is spent then. */
  hasCome(): Promise<void>;
  /** How many exchanges the journal has so far. */
  exchanges(): Promise<number>;
  /** When it has more than that: whoever sent the last one did not wait for an answer. */
  isRecorded(before: number): Promise<void>;
  judge(): Promise<Report>;
  close(): Promise<unknown>;
}

const wanted = ({ pattern, dialect, participant, auth }: LiveCase, { url, mllpUrl }: Address, { supplier }: Stage) => ({
  pattern,
  dialect,
  participants: { [participant]: { mode: 'external', url, mllpUrl } },
  ...(auth === undefined
    ? {}
    : { auth: { mode: auth, clients: { [participant]: { jwks: { keys: [supplier.publicKey] } } } } }),
});

export const openLive = async (stage: Stage, one: LiveCase, address: Address): Promise<LiveBox> => {
  const { open, control, act } = owner(() => stage.url);
  const { participants } = await stage.catalogue.manifest(one.pattern);
  // Whoever is there for this dialect alone stands between the others: the exchange of MESH.
  const between = participants.find(({ dialects }) => dialects?.includes(one.dialect) === true);
  const box = await open(wanted(one, address, stage));
  const headers = { authorization: `Bearer ${box.key}` };
  const shown = async <T>(path: string): Promise<T> =>
    json<T>(await fetch(`${stage.url}/api/sandboxes/${box.id}${path}`, { headers }));
  const setFaults: LiveBox['setFaults'] = (items) => control(box, 'PUT', '/faults', { items });
  const setSeats = async (seats: NonNullable<Play['seats']>): Promise<void> => {
    for (const [name, mode] of Object.entries(seats)) await control(box, 'PUT', `/participants/${name}`, { mode });
  };
  const judge = async () => json<Report>(await control(box, 'POST', '/conformance', { participant: one.participant }));
  const stimulate = async (): Promise<void> => {
    const { requirements } = await judge();
    const check = requirements.flatMap(({ checks }) => checks).find((each) => each.check === one.id);
    const { participant, ...fault } = check?.stimulus?.fault ?? { effect: undefined };
    if (participant === undefined || fault.effect === undefined) throw new Error(`${one.id} names no fault`);
    await setFaults([{ ...fault, participant }]);
  };
  const until = async <T>(path: string, isSo: (items: readonly T[]) => boolean): Promise<void> => {
    const { items } = await shown<Listed<T>>(path);
    if (!isSo(items)) await until(path, isSo);
  };
  return {
    box,
    main: (between ?? participants.find(({ main }) => main === true))?.name ?? '',
    titleOf: (participant) => participants.find(({ name }) => name === participant)?.title ?? '',
    rule: (step) => {
      if (step.act !== undefined) return act(box, step.act.who, step.act.name, step.act.input);
      if (step.faults !== undefined) return setFaults(step.faults);
      if (step.stimulus !== undefined) return stimulate();
      if (step.seats !== undefined) return setSeats(step.seats);
      if (step.advance !== undefined) return control(box, 'POST', '/clock', { advance: step.advance });
      return step.answers === undefined ? undefined : Promise.resolve(address.answer(step.answers));
    },
    setFaults,
    shown,
    hasCome: () => until<{ times?: number }>('/faults', (items) => items.every(({ times }) => times === 0)),
    exchanges: async () => exchangesIn((await shown<Listed<Exchange>>('/exchanges')).items),
    isRecorded: (before) => until<Exchange>('/exchanges', (items) => exchangesIn(items) > before),
    judge,
    close: () => fetch(`${stage.url}/api/sandboxes/${box.id}`, { method: 'DELETE', headers }),
  };
};
