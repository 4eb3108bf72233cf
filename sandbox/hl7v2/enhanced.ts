import { NOT_IMPLEMENTED, problem } from '../problem.ts';
import type { Hl7Message } from './message.ts';

/** When an acknowledgement is wanted (table 0155): always, never, only of errors, only of success. */
type When = 'AL' | 'NE' | 'ER' | 'SU';

const WHEN: readonly When[] = ['AL', 'NE', 'ER', 'SU'];

/**
 * Enhanced mode, as soon as MSH-15 or MSH-16 says anything (V2-07): the message is accepted on the connection (CA, CE, CR),
 * and what the application makes of it (AA, AE, AR) comes later, as a message of its own. An empty one of the two is NE.
 */
export interface Mode {
  readonly accept: When;
  readonly application: When;
}

/** Undefined in original mode. */
export const modeOf = (message: Hl7Message): Mode | undefined => {
  const [accept, application] = [message.encoded('MSH-15'), message.encoded('MSH-16')];
  if (accept === '' && application === '') return undefined;
  const when = (text: string): When => (text === '' ? 'NE' : (WHEN.find((known) => known === text) ?? 'AL'));
  return { accept: when(accept), application: when(application) };
};

export const wants = (when: When, success: boolean): boolean => when === 'AL' || when === (success ? 'SU' : 'ER');

/** The work queues of enhanced mode: what is to be made of an accepted message, and what is to be said of it. */
export const APPLICATION = 'hl7-application';
export const ACKNOWLEDGE = 'hl7-acknowledge';

export const notOffered = () =>
  problem(NOT_IMPLEMENTED, 'Enhanced mode is not offered here: leave MSH-15 and MSH-16 empty', { at: 'MSH-15' });
