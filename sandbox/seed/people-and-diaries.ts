import type { Ctx } from '../pattern.ts';
import type { SeedOptions } from '../seed-options.ts';
import { diaries } from './diary.ts';
import { organizations } from './practices.ts';
import { peopleIn, type Seeding, seedingOf, writeSeed } from './write.ts';

/**
 * A plain FHIR server does not leave out parts of a restricted record by itself, so such parts are not there to begin with;
 * and it can refer to the practice, which a national record only names by ODS code.
 */
const asPlainFhir = (patient: fhir4.Patient): fhir4.Patient => {
  if (patient.meta?.security?.some(({ code }) => code === 'R') === true) {
    const { address: _a, telecom: _t, contact: _c, generalPractitioner: _g, ...rest } = patient;
    return rest;
  }
  if (patient.generalPractitioner === undefined) return patient;
  return {
    ...patient,
    generalPractitioner: patient.generalPractitioner.map((one) => ({
      ...one,
      reference: `Organization/${one.identifier?.value ?? ''}`,
    })),
  };
};

function* everything(ctx: Ctx, options: SeedOptions): Generator<Seeding> {
  yield* peopleIn(options, asPlainFhir);
  for (const organization of organizations()) yield seedingOf(organization);
  for (const { practitioner, location, schedule, slots } of diaries(options.seed, ctx.now())) {
    yield seedingOf(practitioner);
    yield seedingOf(location);
    yield seedingOf(schedule);
    for (const slot of slots) yield seedingOf(slot);
  }
}

/** Fills the store of `ctx` with the well-known people, synthetic people, practices and appointment books, as a plain FHIR server has them. */
export const seedPeopleAndDiaries = (ctx: Ctx, options: SeedOptions): Promise<void> =>
  writeSeed(ctx, everything(ctx, options));
