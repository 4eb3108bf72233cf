import type { ParticipantManifest } from './manifest.ts';

/** What tells operations of a contract apart: the id, and the tags that the contract sorts it under. */
export interface Sorted {
  readonly operationId: string;
  readonly tags: readonly string[];
}

/** Who takes part where a dialect is spoken, each with its place among all. */
export const takingPart = <P extends Pick<ParticipantManifest, 'dialects'>>(
  participants: readonly P[],
  dialect: string,
): readonly (readonly [position: number, participant: P])[] =>
  [...participants.entries()].filter(([, { dialects }]) => dialects?.includes(dialect) ?? true);

/** Whether the participant offers this operation of the contract. */
export const offers = ({ serves }: Pick<ParticipantManifest, 'serves'>, { operationId, tags }: Sorted): boolean =>
  typeof serves === 'boolean' ? serves : serves.includes(operationId) || tags.some((tag) => serves.includes(tag));
