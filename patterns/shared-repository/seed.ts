import { keepPatient } from '../../sandbox/dialects/imms-patients.ts';
import { nhsNumberOf } from '../../sandbox/dialects/imms-record.ts';
import { claimIdentifiers, identifiersOf, recordOfIdentifier } from '../../sandbox/fhir/business-identifiers.ts';
import { create } from '../../sandbox/fhir/repository.ts';
import { type BeforeWrite, forWriting } from '../../sandbox/fhir/write-guard.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { seedPeopleAndDiaries } from '../../sandbox/seed/write.ts';
import type { SeedOptions } from '../../sandbox/seed-options.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { firstOrganisations, putOrganisation } from './organisations.ts';
import { exampleRecord, newRecord, organisationIn } from './records.ts';
import { putSubscription } from './subscriptions.ts';

/** The identifiers of those who are there from the start are taken, too; some known people share one on purpose. */
const takeIdentifiers: BeforeWrite = async (ctx, tx, { id, after }) => {
  if (after === undefined) return;
  for (const identifier of identifiersOf(after))
    if ((await recordOfIdentifier(ctx, tx, after.resourceType, identifier)) === undefined)
      await claimIdentifiers(ctx, tx, { ...after, identifier: [identifier] }, id);
};

/** A record that both contributors know. */
const seedExample = async (ctx: Ctx, tx: Tx): Promise<void> => {
  const { id: dialect } = ctx.dialect;
  if (dialect === 'pds') return;
  const [, id = ''] = exampleRecord(dialect).split('/');
  const record = newRecord(ctx.dialect.id, {
    by: organisationIn(dialect, 'contributor'),
    value: 'example',
    patient: '9000000009',
    at: ctx.now(),
  });
  await create(forWriting(ctx, undefined, takeIdentifiers), tx, record, { id, method: 'PUT' });
  await keepPatient(ctx, tx, id, { after: nhsNumberOf(record) });
};

export const seed = async (ctx: Ctx, options: SeedOptions): Promise<void> => {
  if (ctx.participant.name !== 'repository') return;
  const { id: dialect } = ctx.dialect;
  // The Immunisation API keeps no people of its own.
  if (dialect !== 'imms')
    await seedPeopleAndDiaries(dialect === 'pds' ? ctx : forWriting(ctx, undefined, takeIdentifiers), options);
  await ctx.transaction(async (tx) => {
    for (const organisation of firstOrganisations(dialect)) await putOrganisation(ctx, tx, organisation);
    await putSubscription(ctx, tx, { id: 'requester-by-http', subscriber: 'requester', channel: 'http' });
    await seedExample(ctx, tx);
  });
};
