import type { Participant } from '../data/sandbox-types.ts';
import type { Line } from './journal-store.ts';

export interface LaneHead {
  readonly name: string;
  readonly title: string;
}

/** Names for those who are no participants. */
const OTHERS: Readonly<Record<string, string>> = {
  unknown: 'Unknown caller',
  fingerpost: 'Fingerpost',
  sandbox: 'Fingerpost',
  control: 'Control',
  oauth2: 'Authorisation server',
};

/** What a reader calls whoever a name stands for. */
export const titleOf = (participants: readonly Participant[], name: string): string =>
  participants.find((participant) => participant.name === name)?.title ?? OTHERS[name] ?? name;

/** One lane for each participant, then one for everybody else who was seen. */
export const lanesOf = (participants: readonly Participant[], lines: readonly Line[]): LaneHead[] => {
  const lanes = new Map(participants.map(({ name, title }) => [name, { name, title }]));
  for (const { from, to } of lines) {
    for (const name of [from, to]) if (!lanes.has(name)) lanes.set(name, { name, title: titleOf(participants, name) });
  }
  return [...lanes.values()];
};

/** By which way something went: told by the style of its arrow, a sign on it, and a word, and not by colour alone. */
export interface Way {
  readonly id: 'http' | 'queue' | 'mllp';
  /** Beside what was sent; empty for HTTP, which most is. */
  readonly word: string;
}

const QUEUED: Way = { id: 'queue', word: 'queue' };
const MLLP: Way = { id: 'mllp', word: 'MLLP' };
const HTTP: Way = { id: 'http', word: '' };

export const wayOf = ({ kind }: Pick<Line, 'kind'>): Way => {
  if (kind === 'message') return QUEUED;
  return kind === 'mllp' ? MLLP : HTTP;
};

/** Many lanes are narrower, so that what was sent still has a place beside them; the style sheet has the same widths. */
const WIDTHS = [78, 66, 60, 48] as const;
const WIDE_UP_TO = 3;

/** How narrow the lanes are, as the style sheet counts it, and how wide that is. */
export const laneWidth = (count: number): { readonly step: number; readonly width: number } => {
  const step = Math.min(Math.max(0, count - WIDE_UP_TO), WIDTHS.length - 1);
  return { step, width: WIDTHS[step] ?? WIDTHS[0] };
};

/** Rows of equal height: which of them a viewport shows, with a few beyond either edge. */
export const visibleRows = (
  count: number,
  rowHeight: number,
  scrollTop: number,
  viewport: number,
  beyond = 8,
): { readonly first: number; readonly last: number } => {
  const first = Math.max(0, Math.min(count - 1, Math.floor(scrollTop / rowHeight)) - beyond);
  const last = Math.min(count, Math.ceil((scrollTop + viewport) / rowHeight) + beyond);
  return { first, last: Math.max(first, last) };
};
