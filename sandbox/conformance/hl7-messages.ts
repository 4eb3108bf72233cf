import { timestamp } from '../hl7v2/acknowledge.ts';
import { newControlId } from '../hl7v2/control-id.ts';
import { createMessage, type Hl7Message } from '../hl7v2/message.ts';
import { hasValidCheckDigit } from '../nhs-number.ts';
import { kindOf } from './hl7-kinds.ts';
import type { Hl7Profile } from './profile.ts';

/** Somebody who exists for one run: a number that is kept for tests, and a name that nobody has. */
export interface Person {
  readonly nhsNumber: string;
  readonly family: string;
}

const RANGE = 900_000;
const RESERVED = 100_000;

/** Ten digits that begin with 999, which the NHS keeps for tests. */
export const testPerson = (random: () => number = Math.random): Person => {
  for (;;) {
    const nine = `999${String(RESERVED + Math.floor(random() * RANGE))}`;
    const digit = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].find((one) => hasValidCheckDigit(`${nine}${one}`));
    if (digit !== undefined) return { nhsNumber: `${nine}${digit}`, family: `XXTEST${nine.slice(3)}` };
  }
};

export interface Event {
  readonly trigger: string;
  readonly structure?: string;
  readonly person?: Person;
  /** When it was recorded (EVN-2); milliseconds since the epoch. */
  readonly at: number;
  /** Further values by path; the segment is added where it is missing. */
  readonly with?: Readonly<Record<string, string>>;
}

const STRUCTURES: Readonly<Record<string, string>> = { A28: 'ADT_A05', A31: 'ADT_A05', A01: 'ADT_A01', A40: 'ADT_A39' };

/**
 * An ADT message as the ITK has them (v2.4, original mode), from and to whom the profile says; or one of another kind about
 * that person, where that is what is received.
 */
export const adt = (profile: Hl7Profile, { trigger, person, at, ...event }: Event): Hl7Message => {
  const message = createMessage();
  const written = timestamp(at);
  const kind = kindOf(profile.type);
  const header =
    kind === undefined
      ? ['ADT', trigger, event.structure ?? STRUCTURES[trigger]]
      : [profile.type, kind.trigger, kind.structure];
  const before = kind === undefined ? { 'EVN-1': trigger, 'EVN-2': written } : kind.before?.();
  const values: Readonly<Record<string, string | undefined>> = {
    'MSH-3': profile.sendingApplication ?? 'CONFORMANCE',
    'MSH-4': profile.sendingFacility ?? 'X26',
    'MSH-5': profile.receivingApplication ?? 'TARGET',
    'MSH-6': profile.receivingFacility ?? 'X26',
    'MSH-7': timestamp(Date.now()),
    'MSH-8': profile.security,
    'MSH-9.1': header[0],
    'MSH-9.2': header[1],
    'MSH-9.3': header[2],
    'MSH-10': newControlId(),
    'MSH-11': profile.processing ?? 'T',
    'MSH-12': '2.4',
    'MSH-17': 'GBR',
    'MSH-18': 'UNICODE',
    'MSH-21': 'iTKv1.0',
    ...before,
    'PID-1': '1',
    'PID-3.1': person?.nhsNumber,
    'PID-3.4': person === undefined ? undefined : 'NHS',
    'PID-5.1': person?.family,
    'PID-5.2': 'ADA',
    ...kind?.after?.(),
    ...event.with,
  };
  for (const [path, value] of Object.entries(values)) {
    const segment = path.slice(0, 3);
    if (value === undefined) continue;
    if (message.count(segment) === 0) message.addSegment(segment);
    message.set(path, value);
  }
  return message;
};
