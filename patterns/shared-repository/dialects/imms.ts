import { keepPatient, patientStore } from '../../../sandbox/dialects/imms-patients.ts';
import { nhsNumberOf } from '../../../sandbox/dialects/imms-record.ts';
import { vaccineTypeOf } from '../../../sandbox/dialects/imms-vaccines.ts';
import type { PatternPart } from '../../../sandbox/pattern-part.ts';
import type { Announced, Told } from '../announce.ts';
import { writingActs } from '../contributor.ts';
import { examplesFor } from '../examples.ts';
import { seedExample } from '../seed-records.ts';
import { vaccination, vaccinationChanges, vaccinationsOf } from '../vaccination.ts';
import { type SharedWays, ways } from '../ways.ts';

/** As the national event has it. */
const told = ({ kind, action, organisation, resource }: Announced): Told => {
  const number = nhsNumberOf(resource);
  return {
    source: 'uk.nhs.vaccinations-data-flow-management',
    type: 'imms-vaccination-record-change-1',
    ...(number === undefined ? {} : { subject: number }),
    filtering: {
      immunisationtype: kind,
      sourceorganisation: organisation.identifier?.value ?? organisation.title,
      action: action === 'reinstate' ? 'UPDATE' : action.toUpperCase(),
    },
  };
};

const own: Partial<SharedWays> = {
  exampleRecord: 'Immunization/3f0c8a5e-6a53-4b7c-9a51-5d1f0c9e2b71',
  newRecord: vaccination,
  usualChange: vaccinationChanges,
  // A version is asked for here, and not looked at.
  reinstating: (version) => ({ 'e-tag': version }),
  search: vaccinationsOf,
  kindOf: (resource) => vaccineTypeOf(resource) ?? '*',
  // It depends on the vaccine.
  asksBeforeWrites: false,
  told: (_ctx, announced) => told(announced),
  seeded: (ctx, tx, id, record) => keepPatient(ctx, tx, id, { after: nhsNumberOf(record) }),
  ofSchool: ['FLU.CRUS', 'HPV.CRUS'],
};

/** Vaccinations, by the dialect's own handlers; beside them it keeps whom they are about, and no people of its own. */
export const part: PatternPart = {
  acts: { contributor: writingActs, 'other-contributor': writingActs },
  stores: [patientStore],
  seed: async (ctx) => {
    if (ctx.participant.name === 'repository') await seedExample(ctx);
  },
  examples: examplesFor(own),
  ways: ways.own(own),
};
