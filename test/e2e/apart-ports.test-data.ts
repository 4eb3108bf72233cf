import { expect } from 'vitest';
import { MllpClient } from '../../sandbox/hl7v2/mllp-client.ts';
import { request } from './sandbox-client.ts';

/** A sandbox as it was created, as far as its ports are looked at. */
export interface WithPorts {
  readonly id: string;
  readonly key: string;
  readonly endpoints: readonly { participant: string; protocol: string; url?: string; credential?: string }[];
}

const admit = (credential: string): string =>
  `MSH|^~\\&|A|B|C|D|20261128|${credential}|ADT^A01^ADT_A01|${crypto.randomUUID().slice(0, 20)}|P|2.4\r`;

const codeOf = async (url: string, message: string): Promise<string> => {
  const { hostname, port } = new URL(url);
  const client = new MllpClient({ address: hostname, port: Number(port) });
  const reply = (await client.send(Buffer.from(message), AbortSignal.timeout(5_000))).toString();
  client.close();
  return /MSA\|(\w\w)/.exec(reply)?.[1] ?? reply;
};

interface Page {
  readonly items: readonly {
    readonly id: string;
    readonly kind: string;
    readonly from: string;
    readonly cursor: string;
  }[];
}

/**
 * From whom the messages were that came over MLLP, once so many are in the journal, in the order in which they came: that of
 * their ids. Where they stand in the journal follows when they were written, which is in batches.
 */
const sendersOf = async (service: string, { id, key }: WithPorts, count: number): Promise<string[]> => {
  const found = new Map<string, string>();
  for (let after = ''; found.size < count; ) {
    const path = `/api/sandboxes/${id}/exchanges?limit=1000${after === '' ? '' : `&after=${after}`}`;
    const { items } = (await request(service, 'GET', path, { key })).body as Page;
    for (const one of items) if (one.kind === 'mllp') found.set(one.id, one.from);
    after = items.at(-1)?.cursor ?? after;
  }
  return [...found].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, from]) => from);
};

const portsOf = ({ endpoints }: WithPorts) =>
  endpoints.filter(({ protocol, url }) => protocol === 'mllp' && url !== undefined);

/**
 * Wherever HL7 v2 is received, at each port and for each participant that may send there: MSH-8 is judged before what the
 * message says, and no credential of the other sandbox is one. Gives how many there were.
 */
export const expectPortsApart = async (service: string, mine: WithPorts, theirs: WithPorts): Promise<number> => {
  const foreign = [...new Set(mine.endpoints.flatMap(({ credential }) => credential ?? []))];
  const expected: string[] = [];
  for (const { url = '', credential: own = '' } of portsOf(theirs)) {
    for (const credential of [...foreign, '']) {
      expect([url, await codeOf(url, admit(credential))]).toEqual([url, 'AE']);
      expected.push('nobody');
    }
    await codeOf(url, admit(own));
    expected.push('somebody');
  }
  const senders = await sendersOf(service, theirs, expected.length);
  expect(senders.map((from) => (from === 'unknown' ? 'nobody' : 'somebody'))).toEqual(expected);
  return portsOf(theirs).length;
};
