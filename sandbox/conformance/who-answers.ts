import type { FaultEffect } from '../dialect.ts';
import type { LoadedPattern } from '../http/host.ts';
import { takingPart } from '../serving.ts';
import { type JournalEvidence, sentBy } from './journal-evidence.ts';

/** Who answers a participant that has not asked anybody yet: over HTTP, and over MLLP. */
export interface WhoAnswers {
  readonly http: string;
  readonly mllp: string;
}

/**
 * Over HTTP whoever is there for the dialect alone, which then stands between the others (the exchange of MESH); else the main
 * participant, and to that one the first other that serves anything. Over MLLP the first other that receives HL7 v2.
 */
export const whoAnswers = (
  { manifest, app }: Pick<LoadedPattern, 'manifest' | 'app'>,
  dialect: string,
  participant: string,
): WhoAnswers => {
  const others = takingPart(manifest.participants, dialect)
    .map(([, one]) => one)
    .filter(({ name, serves }) => name !== participant && serves !== false);
  const between = others.find(({ dialects }) => dialects !== undefined);
  const http = (between ?? others.find(({ main }) => main === true) ?? others[0])?.name ?? '';
  const receivers = app.hl7v2?.participantsIn(dialect) ?? [];
  return { http, mllp: receivers.find((name) => name !== participant) ?? http };
};

/** Whose replies a fault spoils that has to strike this participant: whom it asked last, else who would answer it. */
export const struckBy = (evidence: JournalEvidence, { http, mllp }: WhoAnswers, effect: FaultEffect): string => {
  const kind = effect.kind === 'mllp' ? 'mllp' : 'http';
  return sentBy(evidence, kind).at(-1)?.to ?? (kind === 'mllp' ? mllp : http);
};
