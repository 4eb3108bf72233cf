import { at, json, type Observation } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';

export const body = (observation: Observation): unknown =>
  observation.reply === undefined ? undefined : json({ ...observation, reply: observation.reply });
export const versionOf = (resource: unknown): string | undefined => {
  const version = at(resource, 'meta', 'versionId');
  return typeof version === 'string' ? version : undefined;
};
export const weak = (version: string): string => `W/"${version}"`;
export const other = (gender: unknown): string => (gender === 'female' ? 'male' : 'female');

export const ids = (session: Session) => ({ 'x-request-id': session.uuid(), 'x-correlation-id': session.uuid() });

export const NO_CONSENT = 'nothing is written without consent (profile: consentToWrite, or --consent-to-write)';
