import { connect, type Socket } from 'node:net';
import { testEngines } from '../engines.test-data.ts';
import type { LoadedPattern } from '../http/host.ts';
import type { ExchangeView } from '../journal.ts';
import { loadSandbox } from '../participants.ts';
import type { PatternApp } from '../pattern.ts';
import { CONFLICT, problem } from '../problem.ts';
import { type Standalone, startStandalone } from '../standalone.ts';
import { Hl7Error } from './hl7-error.ts';
import { type Frame, FrameDecoder, frameOf } from './mllp-frames.ts';
import { hl7v2 } from './part.ts';
import type { Hl7Receiver } from './receiver.ts';

/** A pattern for tests of the MLLP edge alone: a hospital sends admissions, a register keeps them. */
const register: Hl7Receiver = {
  types: ['ADT', 'REF^I12', 'ORM^O01', 'OML^O21'],
  async receive(message, ctx, from) {
    const number = message.text('PID-3.1');
    if (message.count('PID') === 0) throw new Hl7Error('There is no PID', { condition: 101, at: { segment: 'PID' } });
    if (number === 'break') throw new TypeError('secret detail');
    if (message.text('PID-8') === 'X')
      return { faults: [{ detail: 'X is no sex', condition: 103, at: { segment: 'PID', field: 8 } }] };
    return {
      complete: (reply) => {
        if (message.text('MSH-9.1') === 'ORM') reply.set(`${reply.addSegment('ORC')}-1`, 'OK');
      },
      effect: async (tx) => {
        const [row] = await tx.query<{ times: number }>(
          `insert into admission (store, number, name, sender, times) values ($1, $2, $3, $4, 1)
           on conflict (store, number) do update set times = admission.times + 1 returning times`,
          [ctx.store, number, message.text('PID-5.1'), from.participant],
        );
        if (number === 'once' && row?.times !== 1) throw problem(CONFLICT, 'It is there already', { at: 'PID-3' });
      },
    };
  },
};

/** What it has sent is called OURS; what others made of that it keeps as it keeps admissions. */
const archive: Hl7Receiver = {
  ...register,
  types: [],
  acknowledged: async (acknowledgement, ctx, from) =>
    acknowledgement.text('MSA-2') !== 'OURS'
      ? undefined
      : async (tx) => {
          await tx.query(
            `insert into admission (store, number, name, sender, times) values ($1, $2, $3, $4, 1)
             on conflict (store, number) do update set times = admission.times + 1`,
            [ctx.store, acknowledgement.text('MSA-2'), acknowledgement.text('MSA-1'), from.participant],
          );
        },
};

const part = hl7v2({ register, archive });

const app: PatternApp = {
  handlers: {},
  hl7v2: part,
  consumers: part.consumers,
  stores: [
    {
      migrations: [
        {
          id: 'admission-1',
          statements: [
            `create table admission (store bigint, number text, name text, sender text, times bigint,
              primary key (store, number))`,
          ],
        },
      ],
      copy: async () => undefined,
      sweep: async () => 0,
    },
  ],
};

const role = (name: string, starts: readonly string[]) => ({ name, title: name, summary: name, serves: false, starts });

export const hospitalPattern: LoadedPattern = {
  id: 'hospital',
  manifest: {
    title: 'Hospital',
    summary: 'Hospital',
    description: [],
    useWhen: [],
    avoidWhen: [],
    participants: [
      role('ward', ['hl7v2']),
      role('clinic', ['ADT^A08']),
      { ...role('register', []), main: true },
      role('archive', []),
    ],
    interactions: [],
    considerations: [],
    realServices: [],
    sources: [],
    dialects: ['plain'],
  },
  app,
  contract: { openapi: '3.0.3', info: { title: 'Hospital', version: '1' }, paths: {} },
  dialect: async () => ({
    dialect: {
      id: 'plain',
      title: 'Plain',
      source: { title: 'none', date: '2026' },
      headers: { required: [], echoed: [] },
      concurrency: { ifMatchRequired: false },
      errors: { system: 'urn:plain', conditions: {}, default: { code: 'wrong', display: 'Wrong' } },
      capabilities: true,
      sentinels: [],
    },
  }),
};

export interface Admission {
  readonly number: string;
  readonly name: string;
  readonly sender: string;
  readonly times: number;
}

export interface Hospital extends Standalone {
  readonly logged: unknown[];
  /** The port of a participant of the sandbox `s`. */
  port(participant?: string): Promise<number>;
  exchanges(): Promise<readonly ExchangeView[]>;
  admissions(): Promise<readonly Admission[]>;
}

/** A sandbox `s` of it, in a store of its own. */
export const openHospital = async (
  seats: Readonly<Record<string, 'external' | 'stopped'>> = {},
  pattern = hospitalPattern,
  storeUrl?: string,
): Promise<Hospital> => {
  const logged: unknown[] = [];
  const log = { error: (fields: object) => logged.push(fields), warn: (fields: object) => logged.push(fields) };
  const standalone = await startStandalone(pattern, {
    ...(storeUrl === undefined ? await testEngines() : { storeUrl }),
    log,
  });
  await standalone.open('s', { dialect: 'plain', seed: 1, people: 0, seats });
  const { host } = standalone;
  return {
    ...standalone,
    logged,
    port: async (participant = 'register') => Number(new URL((await standalone.mllpUrl('s', participant)) ?? '').port),
    exchanges: async () => {
      await host.journal.flush();
      const serial = (await loadSandbox(host.sql, 's'))?.row.serial ?? 0;
      return (await host.journal.page({ id: 's', serial }, 0, 1000)).items;
    },
    admissions: () => host.sql.query<Admission>('select number, name, sender, times from admission order by number'),
  };
};

/** A raw connection: what is written goes out as it is, and what comes back is told apart into frames. */
export interface RawClient {
  readonly socket: Socket;
  write(bytes: Uint8Array | string): void;
  /** The next frame; rejects where the connection is closed first. */
  next(): Promise<Frame>;
  /** Resolves with how it was closed. */
  readonly closed: Promise<'closed' | 'reset'>;
  /** All that was received. */
  received(): Buffer;
}

export const connectRaw = (port: number): RawClient => {
  const socket = connect(port, '127.0.0.1');
  const decoder = new FrameDecoder(1 << 20);
  const frames: Frame[] = [];
  const waiting: { resolve: (frame: Frame) => void; reject: (error: Error) => void }[] = [];
  const chunks: Buffer[] = [];
  let over = false;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    for (const frame of decoder.push(chunk)) {
      const first = waiting.shift();
      if (first === undefined) frames.push(frame);
      else first.resolve(frame);
    }
  });
  const closed = new Promise<'closed' | 'reset'>((resolve) => {
    let how: 'closed' | 'reset' = 'closed';
    socket.on('error', () => {
      how = 'reset';
    });
    socket.on('close', () => {
      over = true;
      for (const { reject } of waiting.splice(0)) reject(new Error('the connection was closed'));
      resolve(how);
    });
  });
  return {
    socket,
    write: (bytes) => socket.write(bytes),
    closed,
    received: () => Buffer.concat(chunks),
    next: () => {
      const frame = frames.shift();
      if (frame !== undefined) return Promise.resolve(frame);
      if (over) return Promise.reject(new Error('the connection was closed'));
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
  };
};

export interface Sample {
  readonly id?: string;
  readonly type?: string;
  readonly version?: string;
  readonly number?: string;
  readonly name?: string;
  readonly sex?: string;
  readonly sender?: string;
  readonly msh15?: string;
  readonly msh16?: string;
}

/** An admission, each member of which can be another. */
export const admit = (sample: Sample = {}): string => {
  const {
    id = 'M1',
    type = 'ADT^A01^ADT_A01',
    version = '2.4',
    number = '9000000009',
    name = 'SMITH',
    sex = '1',
  } = sample;
  const { sender = 'PAS|RCB', msh15 = '', msh16 = '' } = sample;
  return [
    `MSH|^~\\&|${sender}|ROUTE|TIE|20260101101418||${type}|${id}|P|${version}|||${msh15}|${msh16}||UNICODE UTF-8`,
    'EVN||20260101101400',
    `PID|1||${number}^^^NHS^NH||${name}^JO||19651213|${sex}`,
    'PV1|1|I',
    '',
  ].join('\r');
};

export const frame = (message: string): Buffer => frameOf(Buffer.from(message));
