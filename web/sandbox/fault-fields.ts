import type { Fault, FaultEffect, MessageFault, MllpFault } from '../data/sandbox-types.ts';

export type EffectKind = FaultEffect['kind'];

export const EFFECTS: readonly (readonly [kind: EffectKind, label: string])[] = [
  ['latency', 'Answers late'],
  ['status', 'Answers with an error status'],
  ['drop', 'Drops the connection'],
  ['etag', 'Sends a wrong ETag'],
  ['unechoed-id', 'Does not echo the request id'],
  ['content-type', 'Sends a wrong content type'],
  ['mllp', 'Acknowledges HL7 v2 wrongly'],
  ['message', 'Messages to it go wrong'],
];

export const MESSAGE_FAULTS: readonly (readonly [as: MessageFault, label: string, described: string])[] = [
  ['drop', 'They are lost', 'does not get its messages'],
  ['delay', 'They come a minute later', 'gets its messages late'],
  ['late', 'They come when nobody waits any more', 'gets its messages when it has given them up'],
  ['reorder', 'Later ones overtake them', 'gets its messages out of order'],
  ['duplicate', 'They come twice', 'gets its messages twice'],
  ['uncorrelated', 'They answer what was never asked', 'gets answers to nothing'],
  ['nack', 'The broker refuses them', 'has its messages refused by the broker'],
];

export const MLLP_FAULTS: readonly (readonly [as: MllpFault, label: string])[] = [
  ['AE', 'With AE, an error'],
  ['AR', 'With AR, a rejection'],
  ['late', 'Five seconds late'],
  ['none', 'Not at all'],
  ['wrong-id', 'Another message (wrong MSA-2)'],
  ['half-frame', 'With half a frame'],
  ['garbage', 'With what is no frame'],
  ['reset', 'By breaking the connection off'],
];

/** In a few words, for a list. */
export const describeEffect = (effect: FaultEffect): string => {
  switch (effect.kind) {
    case 'latency':
      return `answers ${effect.ms} ms late`;
    case 'status':
      return `answers ${effect.status}${effect.retryAfter === undefined ? '' : `, Retry-After ${effect.retryAfter} s`}`;
    case 'drop':
      return 'drops the connection';
    case 'etag':
      return effect.as === 'stale' ? 'sends a stale ETag' : 'sends no ETag';
    case 'unechoed-id':
      return 'does not echo the request id';
    case 'content-type':
      return `says its content is ${effect.as}`;
    case 'message':
      return MESSAGE_FAULTS.find(([as]) => as === effect.as)?.[2] ?? effect.as;
    case 'mllp':
      return `acknowledges ${(MLLP_FAULTS.find(([as]) => as === effect.as)?.[1] ?? effect.as).replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())}`;
  }
};

export const describeScope = (fault: Fault): string =>
  [
    fault.operation === undefined ? 'every operation' : fault.operation,
    fault.match === undefined ? '' : `only for ${fault.match}`,
    fault.probability === undefined || fault.probability === 1
      ? ''
      : `${Math.round(fault.probability * 100)}% of the time`,
    fault.times === undefined ? '' : `${fault.times} more time${fault.times === 1 ? '' : 's'}`,
  ]
    .filter((part) => part !== '')
    .join(', ');

const effectOf = (said: (name: string) => string): FaultEffect | string => {
  const whole = (name: string): number => (said(name) === '' ? Number.NaN : Number(said(name)));
  switch (said('kind')) {
    case 'latency': {
      const ms = whole('ms');
      return Number.isInteger(ms) && ms >= 1 && ms <= 60_000 ? { kind: 'latency', ms } : 'Delay must be 1 to 60000 ms';
    }
    case 'status': {
      const status = whole('status');
      if (!Number.isInteger(status) || status < 400 || status > 599) return 'Status must be 400 to 599';
      const retryAfter = whole('retryAfter');
      return Number.isInteger(retryAfter) ? { kind: 'status', status, retryAfter } : { kind: 'status', status };
    }
    case 'etag':
      return { kind: 'etag', as: said('etag') === 'missing' ? 'missing' : 'stale' };
    case 'content-type':
      return said('contentType') === '' ? 'Enter a content type' : { kind: 'content-type', as: said('contentType') };
    case 'unechoed-id':
      return { kind: 'unechoed-id' };
    case 'message':
      return { kind: 'message', as: MESSAGE_FAULTS.find(([as]) => as === said('message'))?.[0] ?? 'drop' };
    case 'mllp':
      return { kind: 'mllp', as: MLLP_FAULTS.find(([as]) => as === said('mllp'))?.[0] ?? 'AE' };
    default:
      return { kind: 'drop' };
  }
};

/** The fault that a form says, or a sentence about what is wrong with it. */
export const faultOf = (entered: (name: string) => string | undefined): Fault | string => {
  const said = (name: string): string => (entered(name) ?? '').trim();
  const effect = effectOf(said);
  if (typeof effect === 'string') return effect;
  const percent = said('probability') === '' ? 100 : Number(said('probability'));
  if (!(percent > 0 && percent <= 100)) return 'How often must be more than 0 and at most 100 percent';
  const times = said('times') === '' ? undefined : Number(said('times'));
  if (times !== undefined && !(Number.isInteger(times) && times >= 1)) return 'Times must be a whole number from 1';
  return {
    participant: said('participant'),
    effect,
    ...(said('operation') === '' ? {} : { operation: said('operation') }),
    ...(said('match') === '' ? {} : { match: said('match') }),
    ...(percent === 100 ? {} : { probability: percent / 100 }),
    ...(times === undefined ? {} : { times }),
  };
};
