import type { MessageState, Queue } from '../data/sandbox-types.ts';

export const STATES: readonly (readonly [state: MessageState, label: string])[] = [
  ['dead', 'dead letters'],
  ['held', 'held for another system'],
  ['waiting', 'waiting for their time'],
  ['following', 'behind one of the same key'],
  ['in-flight', 'being delivered'],
  ['ready', 'ready'],
];

const plural = (count: number, word: string): string =>
  count === 1 && word === 'dead letters' ? '1 dead letter' : `${count} ${word}`;

/** How full a queue is, in a few words; at least as many where counting stopped before the end. */
export const describeDepth = ({ depth, more, nextDue }: Queue): string => {
  const parts = STATES.filter(([state]) => depth[state] > 0).map(([state, label]) => plural(depth[state], label));
  if (parts.length === 0) return 'empty';
  const due = nextDue === undefined ? '' : `; the next falls due ${nextDue.slice(0, 19).replace('T', ' ')} UTC`;
  return `${more === true ? 'at least ' : ''}${parts.join(', ')}${due}`;
};

/** The state that is worth looking at first: the first that is not empty, in the order of STATES. */
export const firstState = ({ depth }: Queue): MessageState => STATES.find(([state]) => depth[state] > 0)?.[0] ?? 'dead';
