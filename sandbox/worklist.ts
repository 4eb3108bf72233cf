import type { Ctx } from './pattern.ts';

/** What somebody can decide about an item: an act of the participant, with the input that it needs. */
export interface Choice {
  readonly act: string;
  readonly title: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** A member of the input that is worth asking for, as text: the reason of a refusal. */
  readonly asks?: { readonly name: string; readonly title: string; readonly suggestion?: string };
}

/** Something that waits for a person at a simulated participant. */
export interface WorkItem {
  readonly id: string;
  readonly title: string;
  readonly detail?: string;
  /** In a word or two: `requested`, `on hold`. */
  readonly state: string;
  /** Since when, on the sandbox clock; milliseconds. */
  readonly since: number;
  readonly choices: readonly Choice[];
}

/** What waits for people at a participant, newest first. */
export type Worklist = (ctx: Ctx) => Promise<readonly WorkItem[]>;
