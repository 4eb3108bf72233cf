import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { frameOf } from '../sandbox/hl7v2/mllp-frames.ts';
import { writeRows } from './mllp-rows.ts';
import { median, type Row, spread } from './row.ts';
import type { Settings } from './rows.ts';

/** An ITK ADT A01 in shape, of somebody who does not exist. */
const message = (id: string): Buffer =>
  Buffer.from(
    [
      `MSH|^~\\&|PAS|RCB|ROUTE|TIE|20260101101418||ADT^A01^ADT_A01|${id}|P|2.4|1||||GBR|UNICODE|EN||iTKv1.0`,
      'EVN||20260101101400|||111111111^Cortana^Emily^^^Miss^^RCB55|20260101101400',
      'PID|1||9000000009^^^NHS^NH~X1^^^RCB||SMITH^FREDRICA^J^^MRS^^L|||2|||29 WEST AVENUE^BURYTHORPE^MALTON^^YO32 5TT^GBR^H||+441234567890||EN|M|C22',
      'PD1|||MALTON GP PRACTICE^^Y06601|G5612908^Townley^Gregory^^^Dr^^^GMC',
      'NK1|1|SMITH^ALBERT^J^^MR^^L|1|29 WEST AVENUE^BURYTHORPE^MALTON^^YO32 5TT^GBR^H|+441234567890',
      'PV1|1|I|RCB^OBS1^BAY2-6^RCB55|13|||C3456789^Darwin^Samuel^^^Dr^^^GMC|G5612908^Townley^Gregory^^^Dr^^^GMC||300||||19|||||2139^^^VISITID',
      'AL1|1|DA|Z88.5|5||199807011755',
      'DG1|1||N39.3^Stress Incontinence^ICD10||202601010900|A',
      'ZU1|202601071234|1|C|202601091300||500',
      '',
    ].join('\r'),
  );

interface Listener {
  readonly port: number;
  /** CPU seconds. */
  cpu(): number;
  stop(): Promise<void>;
}

const TICKS = 100;

const start = async (file: string, env: Readonly<Record<string, string>> = {}): Promise<Listener> => {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [path], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      const found = /ready on mllp:\/\/127\.0\.0\.1:(\d+)/.exec(chunk.toString())?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    child.once('exit', (code) => reject(new Error(`${file} stopped with ${code}`)));
  });
  return {
    port,
    cpu: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / TICKS;
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
};

/** Sends a message and resolves when a whole frame came back, which has to be an AA. */
const exchange = (socket: Socket, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    let seen: Buffer = Buffer.alloc(0);
    const done = (settle: () => void): void => {
      socket.off('data', onData).off('close', onClose);
      settle();
    };
    const onClose = (): void => done(() => reject(new Error('the listener closed the connection')));
    const onData = (chunk: Buffer): void => {
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      if (!seen.subarray(-2).equals(Buffer.from('\x1c\r'))) return;
      const reply = seen;
      if (reply.includes('MSA|AA|')) done(resolve);
      else done(() => reject(new Error(`not accepted: ${reply.toString()}`)));
    };
    socket.on('data', onData).on('close', onClose);
    socket.write(bytes);
  });

interface Measured {
  readonly perSecond: number;
  readonly p99: number;
  /** CPU microseconds of the listener for a message. */
  readonly cpu: number;
}

const load = async (listener: Listener, connections: number, seconds: number, prefix: string): Promise<Measured> => {
  const times: number[] = [];
  const until = performance.now() + seconds * 1000;
  let count = 0;
  const sender = async (): Promise<void> => {
    const socket = connect(listener.port, '127.0.0.1');
    socket.setNoDelay(true);
    while (performance.now() < until) {
      count += 1;
      const bytes = frameOf(message(`${prefix}-${count}`));
      const began = performance.now();
      await exchange(socket, bytes);
      times.push(performance.now() - began);
    }
    socket.destroy();
  };
  const [before, began] = [listener.cpu(), performance.now()];
  await Promise.all(Array.from({ length: connections }, sender));
  const elapsed = (performance.now() - began) / 1000;
  const sorted = times.toSorted((a, b) => a - b);
  return {
    perSecond: times.length / elapsed,
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    cpu: ((listener.cpu() - before) / times.length) * 1e6,
  };
};

interface Listeners {
  readonly ours: Listener;
  readonly bare: Listener;
  readonly medplum: Listener;
}

const compare = async (
  { ours, bare, medplum }: Listeners,
  connections: number,
  atLeast: number,
  { rounds, seconds, folder }: Settings,
): Promise<Row> => {
  const measure = (listener: Listener, round: number) =>
    load(listener, connections, seconds, `${connections}-${round}`);
  await measure(bare, -1);
  await measure(medplum, -1);
  await measure(ours, -1);
  const all: [own: Measured, other: Measured, known: Measured][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [other, known] = [await measure(bare, round), await measure(medplum, round)];
    all.push([await measure(ours, round), other, known]);
  }
  const rows = await writeRows(`${folder}/mllp/rows-${connections}.db`, connections, seconds, message('rows'));
  const ratios = all.map(([own, other]) => own.perSecond / other.perSecond);
  const of = (pick: (measured: (typeof all)[number]) => number): number => median(all.map(pick));
  return {
    name: `HL7 v2 stored and acknowledged, ${connections} connection${connections === 1 ? '' : 's'}, against a bare socket`,
    unit: 'ratio',
    value: median(ratios),
    spread: spread(ratios),
    budget: { atLeast },
    detail: {
      'ours/s': of(([own]) => own.perSecond),
      'bare/s': of(([, other]) => other.perSecond),
      'our CPU µs': of(([own]) => own.cpu),
      'bare CPU µs': of(([, other]) => other.cpu),
      'CPU µs of SQLite alone for its three rows': rows.cpu,
      'our p99 ms': of(([own]) => own.p99),
      'bare p99 ms': of(([, other]) => other.p99),
      '@medplum/hl7/s, which stores nothing': of(([, , known]) => known.perSecond),
      'its p99 ms': of(([, , known]) => known.p99),
      'against it': of(([own, , known]) => own.perSecond / known.perSecond),
    },
  };
};

/** Each row says both, since a bare socket answers more on sixteen connections than on one. */
const besides = (row: Row, one: Row, sixteen: Row): Row => {
  const ours = row.detail['ours/s'] ?? Number.NaN;
  const against = ({ detail }: Row): number => ours / (detail['bare/s'] ?? Number.NaN);
  const both = { 'against bare on one connection': against(one), 'against bare on sixteen': against(sixteen) };
  return { ...row, detail: { ...row.detail, ...both } };
};

/** Parsed, stored, journalled and acknowledged, against a socket that frames and answers the same bytes to everything. */
export const mllp = async (settings: Settings): Promise<Row[]> => {
  const ours = await start('./mllp-ours.ts', { MLLP_STORE: `${settings.folder}/mllp/mllp.db` });
  const bare = await start('./mllp-bare.ts');
  const medplum = await start('./mllp-medplum.ts');
  const listeners = { ours, bare, medplum };
  try {
    // One connection sends too few messages for V8 to have compiled what is hot, of which ours has more.
    for (const listener of [bare, medplum, ours]) await load(listener, 16, settings.seconds, 'warm');
    const one = await compare(listeners, 1, 0.15, settings);
    const sixteen = await compare(listeners, 16, 0.25, settings);
    return [one, sixteen].map((row) => besides(row, one, sixteen));
  } finally {
    await Promise.all([ours.stop(), bare.stop(), medplum.stop()]);
  }
};
