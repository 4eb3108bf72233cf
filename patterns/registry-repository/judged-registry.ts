import type { OwnSandbox, OwnSeat } from '../../sandbox/conformance/own-seats.ts';

const PERSON = '9000000025';
const OTHER = '9000000033';

/** A document from its first version to its withdrawal, and those who look for it. */
const publishAndFind = async (sandbox: OwnSandbox): Promise<void> => {
  const published = await sandbox.act('repository', 'publish-document', { person: OTHER });
  const { document } = published as { document: string };
  await sandbox.act('requester', 'find-and-retrieve', { person: OTHER });
  await sandbox.act('repository', 'remove-document', { document });
  await sandbox.act('requester', 'find-and-retrieve', { person: PERSON });
  await sandbox.advance('PT1H');
};

/** Driven below this path of the registry; who publishes and who looks is watched. */
export const judgedAt = (path: string): OwnSeat => ({
  driven: {
    target: `registry/${path}`,
    auth: 'bearer',
    profile: async (_target, sandbox) => ({
      consentToWrite: true,
      ids: { patient: PERSON, otherCustodian: 'X99101' },
      credentials: { authorization: await sandbox.authorizationOf('requester') },
    }),
  },
  watched: [{ participants: ['repository', 'requester'], play: publishAndFind }],
});
