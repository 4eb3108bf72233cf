import type { OpenApiDocument } from '../../sandbox/contract-schema.ts';
import type { ParticipantManifest } from '../../sandbox/manifest.ts';
import { offers } from '../../sandbox/serving.ts';

const entriesOf = (value: unknown): (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

const operationsOf = (contract: OpenApiDocument, role: ParticipantManifest): readonly string[] =>
  entriesOf(contract.paths)
    .flatMap(([, item]) => entriesOf(item))
    .flatMap(([, operation]) => {
      const { operationId, tags } = Object.fromEntries(entriesOf(operation));
      const isOffered =
        typeof operationId === 'string' && offers(role, { operationId, tags: Array.isArray(tags) ? tags : [] });
      return isOffered ? [operationId] : [];
    });

/**
 * Who calls a participant: whoever starts anything, unless all that it offers is named by somebody as theirs to start. What
 * one participant names is not what the others mean by `*`.
 */
export const callersOf = (
  participants: readonly ParticipantManifest[],
  contract: OpenApiDocument,
  role: ParticipantManifest,
): readonly ParticipantManifest[] => {
  const others = participants.filter(({ name, starts }) => name !== role.name && starts.length > 0);
  const offered = operationsOf(contract, role);
  const naming = others.filter(({ starts }) => starts.some((one) => offered.includes(one)));
  const allNamed = offered.every((operation) => naming.some(({ starts }) => starts.includes(operation)));
  return offered.length > 0 && allNamed ? naming : others;
};
