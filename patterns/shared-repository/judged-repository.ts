import type { DrivenSeat, OwnSandbox, OwnSeat } from '../../sandbox/conformance/own-seats.ts';

/** One that asks for credentials; it tells the run of what is new, and the requester's organisation may do nothing. */
const repository: DrivenSeat = {
  target: 'repository/FHIR/R4',
  auth: 'bearer',
  calledBack: 'requester',
  profile: async (_target, sandbox) => {
    await sandbox.act('repository', 'set-permissions', { organisation: 'X99100', permissions: [] });
    return {
      consentToWrite: true,
      timeout: 5_000,
      listen: { port: 0 },
      credentials: {
        authorization: await sandbox.authorizationOf('contributor'),
        other: await sandbox.authorizationOf('other-contributor'),
        withoutRight: await sandbox.authorizationOf('requester'),
      },
    };
  },
};

/** Two who change the same record, of whom the second is too late. */
const change = async (sandbox: OwnSandbox): Promise<void> => {
  await sandbox.act('contributor', 'read-record');
  await sandbox.act('other-contributor', 'read-record');
  await sandbox.act('contributor', 'change-record');
  await sandbox.act('other-contributor', 'change-record');
  await sandbox.act('other-contributor', 'merge-and-retry');
  await sandbox.advance('PT1S');
};

/** Driven, and who writes is watched: in every dialect the same. */
export const judgedRepository: OwnSeat = {
  driven: repository,
  watched: [{ participants: ['contributor', 'other-contributor'], play: change }],
};
