import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { seededRandom } from '../random.ts';
import { admit, connectRaw, frame, type Hospital, openHospital } from './hospital.test-data.ts';
import { parseMessage } from './message.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** What comes of a frame is decided before it meets the store: so fewer go to PostgreSQL, which takes longer for each. */
const FRAMES = inject('postgres') === undefined ? 100_000 : 3_000;
const PER_CONNECTION = 50;
/** Connections that send at once, so that the store commits what they bring together. */
const AT_ONCE = 16;

/** A few bytes changed, cut out, doubled or put in; often those that frame and structure a message. */
const mutate = (bytes: Buffer, random: () => number): Buffer => {
  let mutated = Buffer.from(bytes);
  const at = () => Math.floor(random() * mutated.length);
  const special = Buffer.from('\x0b\x1c\r\n|^~\\&"\0\xff', 'latin1');
  for (let n = Math.floor(random() * 4); n >= 0; n -= 1) {
    const [begin, end] = [at(), at()].sort((a, b) => a - b);
    const kind = Math.floor(random() * 4);
    if (kind === 0) mutated[at()] = Math.floor(random() * 256);
    else if (kind === 1) mutated[at()] = special[Math.floor(random() * special.length)] ?? 0;
    else if (kind === 2) mutated = Buffer.concat([mutated.subarray(0, begin), mutated.subarray(end)]);
    else mutated = Buffer.concat([mutated.subarray(0, end), mutated.subarray(begin)]);
  }
  return mutated;
};

const isAcknowledged = async (port: number, id: string): Promise<boolean> => {
  const client = connectRaw(port);
  client.write(frame(admit({ id })));
  const reply = parseMessage((await client.next()).content);
  client.socket.destroy();
  return reply.text('MSA-1') === 'AA' && reply.text('MSA-2') === id;
};

/** Sends them on one connection, and waits until that is closed; a well-formed message on it is answered or cut off. */
const pelt = async (port: number, frames: readonly Buffer[]): Promise<void> => {
  const client = connectRaw(port);
  client.socket.resume();
  client.socket.end(Buffer.concat(frames));
  if (!client.socket.destroyed) await once(client.socket, 'close').catch(() => undefined);
};

describe('hostile frames', () => {
  it(
    `${FRAMES} of them leave the listener up, its memory flat, and every message that follows acknowledged`,
    async () => {
      const hospital: Hospital = await openHospital();
      open.push(hospital);
      const port = await hospital.port();
      let settled = 0;
      let sent = 0;
      const attack = async (): Promise<void> => {
        while (sent < FRAMES) {
          const first = sent;
          sent += PER_CONNECTION;
          const random = seededRandom(1, 'hostile frames', first);
          const frames = Array.from({ length: PER_CONNECTION }, (_, n) =>
            mutate(frame(admit({ id: `H${first + n}`, version: random() < 0.5 ? '2.4' : '2.5' })), random),
          );
          await pelt(port, frames);
          expect(await isAcknowledged(port, `W${first}`)).toBe(true);
          if (first >= FRAMES / 2 && settled === 0) settled = memory();
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, attack));
      expect(memory() - settled).toBeLessThan(64 * 1024 * 1024);
      // Whatever was not foreseen would be in the log.
      expect(hospital.logged).toEqual([]);
    },
    180_000 + FRAMES * 4,
  );
});

/** What is left once nothing is there that nobody has. */
const memory = (): number => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
};
