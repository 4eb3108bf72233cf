import type { Session, StepRequest } from './session.ts';

/** The request without a token, with one that nobody issued, and with one without the right to it (COM-09). */
export const driveTokens = async (session: Session, request: StepRequest): Promise<void> => {
  const { authorization, withoutRight } = session.profile.credentials;
  const fresh = (authorized?: string): StepRequest => ({
    ...request,
    headers: {
      ...request.headers,
      'x-request-id': session.uuid(),
      ...(authorized === undefined ? {} : { authorization: authorized }),
    },
  });
  if (authorization === undefined) {
    session.leaveOut(
      ['without-token', 'bad-token'],
      'the profile has no credentials, so the target is taken to be open (credentials.authorization)',
    );
  } else {
    await session.http('without-token', { ...fresh(), without: ['authorization'] });
    await session.http('bad-token', fresh('Bearer not-a-token-that-anybody-issued'));
  }
  if (withoutRight === undefined)
    session.leaveOut(
      ['without-right'],
      'the profile has no credential that is valid but not entitled (credentials.withoutRight)',
    );
  else await session.http('without-right', fresh(withoutRight));
};

/** A type that no FHIR server serves, and a body that is not FHIR (COM-05). */
export const driveTypes = async (session: Session, path: string): Promise<void> => {
  const headers = () => ({ 'x-request-id': session.uuid(), 'x-correlation-id': session.uuid() });
  await session.http('not-acceptable', {
    method: 'GET',
    path: '/metadata',
    headers: { ...headers(), accept: 'image/png' },
  });
  await session.http('unsupported-body', {
    method: 'POST',
    path,
    headers: { ...headers(), 'content-type': 'text/plain' },
    body: 'not FHIR',
  });
};
