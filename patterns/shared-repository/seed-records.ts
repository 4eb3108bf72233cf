import { claimIdentifiers, identifiersOf, recordOfIdentifier } from '../../sandbox/fhir/business-identifiers.ts';
import { create } from '../../sandbox/fhir/repository.ts';
import { type BeforeWrite, forWriting } from '../../sandbox/fhir/write-guard.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { seedPeopleAndDiaries } from '../../sandbox/seed/people-and-diaries.ts';
import type { SeedOptions } from '../../sandbox/seed-options.ts';
import { writesAs } from './organisations.ts';
import { ways } from './ways.ts';

/** The identifiers of those who are there from the start are taken, too; some known people share one on purpose. */
const takeIdentifiers: BeforeWrite = async (ctx, tx, { id, after }) => {
  if (after === undefined) return;
  for (const identifier of identifiersOf(after))
    if ((await recordOfIdentifier(ctx, tx, after.resourceType, identifier)) === undefined)
      await claimIdentifiers(ctx, tx, { ...after, identifier: [identifier] }, id);
};

/** People, whose identifiers no other record may have. */
export const seedPeople = (ctx: Ctx, options: SeedOptions): Promise<void> =>
  seedPeopleAndDiaries(forWriting(ctx, undefined, takeIdentifiers), options);

/** A record that both contributors know; returns its id and what it says. */
export const seedExample = (ctx: Ctx): Promise<void> =>
  ctx.transaction(async (tx) => {
    const { exampleRecord, newRecord, seeded } = ways.in(ctx);
    const [, id = ''] = exampleRecord.split('/');
    const by = writesAs('contributor');
    const record = newRecord({ by, value: 'example', patient: '9000000009', at: ctx.now() });
    await create(forWriting(ctx, undefined, takeIdentifiers), tx, record, { id, method: 'PUT' });
    await seeded(ctx, tx, id, record);
  });
