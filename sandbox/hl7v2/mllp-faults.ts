import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultEffect, Sentinel } from '../dialect.ts';
import { type Strike, strikesOn } from '../faults.ts';
import { delay, describeStrikes, drops } from '../http/fault-effects.ts';
import { parseMessage } from './message.ts';
import { frameOf } from './mllp-frames.ts';
import type { Outcome } from './port.ts';
import type { Reception } from './reception.ts';

/** Which effects there are here; the others are HTTP's, and do not count what passes here. */
const concerns = ({ kind }: FaultEffect): boolean => kind === 'mllp' || kind === 'latency' || kind === 'drop';

/** Whether a part of the message, between any delimiters, is the value. */
const names = (reception: Reception, value: string): boolean => {
  const text = reception.delivery.frame.content.toString('latin1');
  if (!text.includes(value)) return false;
  const { field, encoding } = reception.header.delimiters;
  const parts = text.split(new RegExp(`[\\r\\n${[field, ...encoding].map((one) => `\\${one}`).join('')}]`));
  return parts.includes(value);
};

/** The faults that are switched on and strike, and the dialect's sentinels that the message names. */
export const findMllpStrikes = (
  reception: Reception,
  sentinels: readonly Sentinel[],
): readonly Strike[] | Promise<readonly Strike[]> =>
  sentinels.length === 0 && reception.delivery.sandbox.faults === 0 ? NONE : search(reception, sentinels);

const NONE: readonly Strike[] = [];

const search = async (reception: Reception, sentinels: readonly Sentinel[]): Promise<readonly Strike[]> => {
  const { host, delivery } = reception;
  const { sandbox, participant } = delivery;
  const named = sentinels.filter(({ fault, value }) => concerns(fault) && names(reception, value));
  const told = named.map(({ fault, value }): Strike => ({ effect: fault, because: `sentinel ${value}` }));
  const { serial, seed } = sandbox.row;
  const operationId = reception.operation ?? '';
  const switched =
    sandbox.faults === 0
      ? []
      : await strikesOn(host.sql, {
          serial,
          seed,
          participant: participant.name,
          operationId,
          names: (value) => names(reception, value),
          concerns,
        });
  const strikes = [...told, ...switched];
  if (strikes.length > 0) reception.faults = describeStrikes(strikes);
  return strikes;
};

/** AE or AR in place of what the receiver would say, before any effect. */
export const chosenCode = (strikes: readonly Strike[]): { code: 'AE' | 'AR'; because: string } | undefined => {
  for (const { effect, because } of strikes)
    if (effect.kind === 'mllp' && (effect.as === 'AE' || effect.as === 'AR')) return { code: effect.as, because };
  return undefined;
};

export const dropsBefore = (strikes: readonly Strike[]): boolean => drops(strikes, 'before');

const LATE = 5_000;
const GARBAGE = Buffer.from('\0\xffThis is no frame\r\n', 'latin1');

/** The acknowledgement of some other message. */
const misnamed = (bytes: Uint8Array): Buffer => {
  const reply = parseMessage(bytes);
  return reply.setEncoded('MSA-2', `${reply.encoded('MSA-2')}X`.slice(-20)).toBytes();
};

/** What becomes of an acknowledgement, after the effect: what goes on the wire, and what of it the journal shows. */
export const spoil = async (
  strikes: readonly Strike[],
  given: Uint8Array,
): Promise<Outcome & { readonly shown?: Uint8Array }> => {
  await delay(strikes);
  if (drops(strikes, 'after')) return { close: 'end' };
  let bytes = given;
  for (const { effect } of strikes) {
    if (effect.kind !== 'mllp') continue;
    if (effect.as === 'late') await sleep(effect.ms ?? LATE);
    if (effect.as === 'none') return {};
    if (effect.as === 'reset') return { close: 'reset' };
    if (effect.as === 'garbage') return { wire: GARBAGE, shown: GARBAGE };
    if (effect.as === 'wrong-id') bytes = misnamed(bytes);
    if (effect.as === 'half-frame') {
      const half = Buffer.from(bytes).subarray(0, bytes.length >> 1);
      return { wire: frameOf(half).subarray(0, -2), shown: half, close: 'end' };
    }
  }
  return { wire: frameOf(bytes), shown: bytes };
};
