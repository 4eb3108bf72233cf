import type { OwnSandbox } from '../../sandbox/conformance/own-seats.ts';

/** What a run has to know of a broker that asks for credentials. */
export const knownOfBroker = async (_target: string, sandbox: OwnSandbox) => ({
  consentToWrite: true,
  timeout: 5_000,
  credentials: { authorization: await sandbox.authorizationOf('subscriber') },
});
