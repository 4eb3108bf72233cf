import type { Interaction } from '../data/api-types.ts';
import { wrapText } from './wrap-text.ts';

export interface Lane {
  readonly name: string;
  readonly lines: readonly string[];
  readonly x: number;
}

export interface Message {
  readonly kind: Interaction['kind'];
  readonly number: number;
  readonly fromX: number;
  readonly toX: number;
  /** The arrow; for a note the top of its box. */
  readonly y: number;
  readonly lines: readonly string[];
  /** Where the lines are centred. */
  readonly textX: number;
  readonly height: number;
  readonly toSelf: boolean;
  /** One sentence for a screen reader. */
  readonly sentence: string;
}

export interface SequenceLayout {
  readonly width: number;
  readonly height: number;
  readonly headHeight: number;
  readonly lanes: readonly Lane[];
  readonly messages: readonly Message[];
}

export const LANE_WIDTH = 124;
/** The distance of two lanes: wide for two, so that labels stay on one line, closer for many. */
const gapFor = (lanes: number): number => Math.max(176, Math.min(380, Math.floor(500 / Math.max(1, lanes - 1))));
const MARGIN = 8;
const LINE = 16;
const CHARACTER = 6.9;

const sentenceOf = (step: Interaction, title: (name: string) => string): string => {
  if (step.kind === 'note') return `${title(step.from)}: ${step.label}`;
  return `${title(step.from)} to ${title(step.to)}, ${step.kind === 'reply' ? 'reply' : 'call'}: ${step.label}`;
};

/** Lanes side by side, messages from top to bottom, each as high as its wrapped label needs. Pure. */
export const layoutSequence = (
  participants: readonly { readonly name: string; readonly title: string }[],
  interactions: readonly Interaction[],
): SequenceLayout => {
  const titles = new Map(participants.map(({ name, title }) => [name, title]));
  for (const step of interactions) {
    for (const name of [step.from, step.to]) if (!titles.has(name)) titles.set(name, name);
  }
  const title = (name: string): string => titles.get(name) ?? name;
  const gap = gapFor(titles.size);
  const lanes = [...titles].map(([name, text], index) => ({
    name,
    lines: wrapText(text, 16, 2),
    x: MARGIN + LANE_WIDTH / 2 + index * gap,
  }));
  const xOf = new Map(lanes.map((lane) => [lane.name, lane.x]));
  const headHeight = 20 + Math.max(1, ...lanes.map((lane) => lane.lines.length)) * LINE;
  const width = MARGIN * 2 + LANE_WIDTH + Math.max(1, lanes.length - 1) * gap;

  let y = headHeight + 22;
  const messages = interactions.map((step, index): Message => {
    const fromX = xOf.get(step.from) ?? 0;
    const toX = xOf.get(step.to) ?? fromX;
    const toSelf = step.kind !== 'note' && fromX === toX;
    const beside = step.kind === 'note' || toSelf;
    const span = beside ? 156 : Math.abs(toX - fromX) - 34;
    const lines = wrapText(step.label, Math.floor(span / CHARACTER), beside ? 4 : 3);
    // What stands beside a lane goes to the left of the last one, to stay inside the drawing.
    const half = span / 2;
    const right = fromX + span + 12 <= width;
    const message = {
      kind: step.kind,
      number: index + 1,
      fromX,
      toX,
      lines,
      toSelf,
      textX: beside ? (right ? fromX + half + 12 : fromX - half - 12) : (fromX + toX) / 2,
      height: lines.length * LINE,
      y: beside ? y : y + lines.length * LINE,
      sentence: sentenceOf(step, title),
    };
    y += lines.length * LINE + (beside ? 28 : 26);
    return message;
  });
  return { width, height: y + 6, headHeight, lanes, messages };
};
