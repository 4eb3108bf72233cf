import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../random.ts';
import { admit, connectRaw, frame, type Hospital, openHospital } from './hospital.test-data.ts';
import { parseMessage } from './message.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** More of them: `MUTATED_FRAMES=100000 npx vitest run sandbox/hl7v2/mllp-hostile.test.ts`. */
const FRAMES = Number(process.env.MUTATED_FRAMES ?? 3000);
const PER_CONNECTION = 50;

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
      const random = seededRandom(1, 'hostile frames');
      let settled = 0;
      for (let sent = 0; sent < FRAMES; sent += PER_CONNECTION) {
        const frames = Array.from({ length: PER_CONNECTION }, (_, n) =>
          mutate(frame(admit({ id: `H${sent + n}`, version: random() < 0.5 ? '2.4' : '2.5' })), random),
        );
        await pelt(port, frames);
        expect(await isAcknowledged(port, `W${sent}`)).toBe(true);
        if (sent >= FRAMES / 2 && settled === 0) settled = memory();
      }
      expect(memory() - settled).toBeLessThan(64 * 1024 * 1024);
      // Whatever was not foreseen would be in the log.
      expect(hospital.logged).toEqual([]);
    },
    60_000 + FRAMES * 40,
  );
});

const memory = (): number => process.memoryUsage().heapUsed;
