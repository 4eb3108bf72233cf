import type { ParticipantManifest } from '../../sandbox/manifest.ts';

/**
 * Who calls what a participant offers in one place: whoever starts anything, unless all of it is named by somebody as theirs to
 * start. What one participant names is not what the others mean by `*`.
 */
export const callersOf = (
  participants: readonly ParticipantManifest[],
  offered: readonly string[],
  role: ParticipantManifest,
): readonly ParticipantManifest[] => {
  const others = participants.filter(({ name, starts }) => name !== role.name && starts.length > 0);
  const naming = others.filter(({ starts }) => starts.some((one) => offered.includes(one)));
  const allNamed = offered.every((operation) => naming.some(({ starts }) => starts.includes(operation)));
  return offered.length > 0 && allNamed ? naming : others;
};
