import { randomUUID } from 'node:crypto';
import { type Blobs, putBlob, readBlob } from './blobs.ts';
import { sandboxNow } from './clock.ts';
import type { Conclusion } from './conclusion.ts';
import type { Dialect } from './dialect.ts';
import type { Acknowledged, OutgoingHl7 } from './hl7v2/port.ts';
import type { Host } from './http/host.ts';
import type { ExchangeEnd } from './journal.ts';
import { enqueueMessage } from './messages/enqueue.ts';
import { takeNumbers } from './numbers.ts';
import { send } from './outbound.ts';
import type { LoadedSandbox, ParticipantRow } from './participants.ts';
import type {
  Call,
  Ctx,
  Incoming,
  NewMessage,
  Outgoing,
  ParticipantView,
  Reply,
  SandboxView,
  Timer,
} from './pattern.ts';
import { CONFLICT, problem } from './problem.ts';
import { seededRandom } from './random.ts';
import type { Recording } from './recording.ts';
import { storeOf } from './space.ts';
import type { Reader, Tx } from './sql/port.ts';
import { scheduleTimer } from './timers.ts';

export interface CtxOptions {
  /** The exchange that set this off: its request half goes into the first transaction. */
  readonly recording?: Recording;
  /** How that ends with this reply to this call, where that is known for sure. */
  readonly expects?: (call: Call, reply: Reply) => ExchangeEnd | undefined;
  /** Whether its transactions are one with others of the sandbox that wait at the same time: where many come at once. */
  readonly together?: boolean;
  /** What set this off, in words that are the same in the same run; they seed `random`. Asked only if that is used. */
  readonly cause?: () => readonly (string | number | Uint8Array)[];
  /** Where the message stands that set this off, which says where those stand that this sets off: see message-fate.ts. */
  readonly place?: string | undefined;
}

/** Not for patterns: they see the interface. A class, so that a request costs one object and not a dozen closures. */
class SandboxCtx implements Ctx {
  readonly sandbox: SandboxView;
  readonly participant: ParticipantView;
  readonly dialect: Dialect;
  readonly store: number;
  readonly allowRealNhsNumbers: boolean;
  readonly sql: Reader;
  readonly #host: Host;
  readonly #options: CtxOptions;
  readonly #now: number;
  readonly #participants: readonly ParticipantRow[];
  #random: (() => number) | undefined;
  readonly #faults: number;
  #enqueued = false;
  #transactions = 0;
  /** By transaction, the place of the next message that it puts into a queue. */
  #following: WeakMap<Tx, () => string> | undefined;

  constructor(host: Host, loaded: LoadedSandbox, participant: ParticipantRow, dialect: Dialect, options: CtxOptions) {
    const { row } = loaded;
    this.#host = host;
    this.#participants = loaded.participants;
    this.#faults = loaded.faults;
    this.#options = options;
    this.#now = sandboxNow(row, host.now());
    this.sandbox = row;
    this.participant = { name: participant.name, index: participant.index, mode: participant.mode };
    this.dialect = dialect;
    this.store = storeOf(row.serial, participant.index);
    this.allowRealNhsNumbers = host.allowRealNhsNumbers;
    this.sql = host.sql;
  }

  async transaction<T>(run: (tx: Tx) => Promise<T>, conclusion?: Conclusion<T>): Promise<T> {
    const { recording, place } = this.#options;
    const body = place === undefined ? run : this.#placing(place, run);
    const { sql, journal, messages } = this.#host;
    const together = messages.together(sql, journal);
    const result = await (recording === undefined
      ? together.transaction(body, this.sandbox.serial)
      : this.#options.together === true
        ? recording.transaction(together, body)
        : recording.transaction(
            sql,
            (tx) => messages.gather(tx, journal, () => body(tx)),
            conclusion && ((value) => this.#options.expects?.(conclusion.call, conclusion.reply(value))),
          ));
    if (this.#enqueued) messages.wake();
    return result;
  }

  /** Messages are counted from the beginning where a body runs again. */
  #placing<T>(place: string, body: (tx: Tx) => Promise<T>): (tx: Tx) => Promise<T> {
    this.#transactions += 1;
    const transaction = this.#transactions;
    this.#following ??= new WeakMap();
    const following = this.#following;
    return (tx) => {
      let sent = 0;
      following.set(tx, () => `${place}.${transaction}.${++sent}`);
      return body(tx);
    };
  }

  get blobs(): Blobs {
    const { serial } = this.sandbox;
    return {
      put: (tx, bytes) => putBlob(tx, serial, bytes),
      read: (reference) => readBlob(this.sql, serial, reference),
    };
  }

  async next(tx: Tx, count = 1): Promise<number> {
    const spare = this.#options.recording?.takeSpare(tx);
    if (spare !== undefined && count === 1) return spare;
    const first = await takeNumbers(tx, this.sandbox, count);
    if (first === undefined) throw problem(CONFLICT, 'The sandbox was reset or deleted in the meantime');
    return first;
  }

  now(): number {
    return this.#now;
  }

  async schedule(tx: Tx, timer: Timer): Promise<void> {
    const { id, serial } = this.sandbox;
    const { participant = this.participant.name, ...own } = timer;
    await scheduleTimer(tx, { sandbox: id, serial, participant, timer: own });
  }

  async enqueue(tx: Tx, message: NewMessage): Promise<string> {
    this.#enqueued = true;
    const { sandbox, participant, dialect } = this;
    const place = this.#following?.get(tx)?.();
    const sending = { sandbox, dialect, from: participant.name, now: this.#now, faults: this.#faults, place };
    return enqueueMessage(tx, this.#host, sending, message);
  }

  async send(to: string, request: Outgoing): Promise<Incoming> {
    return send(this.#host, { sandbox: this.sandbox.id, from: this.participant.name, to }, request);
  }

  async sendHl7(to: string, outgoing: OutgoingHl7): Promise<Acknowledged> {
    const { hl7v2 } = (await this.#host.pattern(this.sandbox.pattern)).app;
    if (hl7v2 === undefined) throw new Error(`The pattern ${this.sandbox.pattern} speaks no HL7 v2`);
    return hl7v2.send(this.#host, { sandbox: this.sandbox.id, from: this.participant.name, to }, outgoing);
  }

  baseOf(participant: string): string | undefined {
    const found = this.#participants.find(({ name }) => name === participant);
    if (found === undefined) return undefined;
    if (found.mode === 'external') return found.url?.replace(/\/+$/, '');
    return `${this.#host.publicUrl()}/sandboxes/${this.sandbox.id}/${participant}`;
  }

  random(): number {
    this.#random ??= seededRandom(this.sandbox.seed, this.participant.name, ...(this.#options.cause?.() ?? []));
    return this.#random();
  }

  uuid(): string {
    return randomUUID();
  }
}

/**
 * A sandbox as one of its participants sees it, for one call, act, timer or seeding. Times stand still within it.
 */
export const createCtx = (
  host: Host,
  sandbox: LoadedSandbox,
  participant: ParticipantRow,
  dialect: Dialect,
  options: CtxOptions = {},
): Ctx => new SandboxCtx(host, sandbox, participant, dialect, options);
