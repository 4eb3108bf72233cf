import { create, find, replace } from '../fhir/repository.ts';
import { type FhirResource, isResource } from '../fhir/stored.ts';
import type { Ctx } from '../pattern.ts';
import type { SeedOptions } from '../seed-options.ts';
import type { Tx } from '../sql/port.ts';
import { diaries } from './diary.ts';
import { knownPeople } from './known-people.ts';
import { type Person, people } from './people.ts';
import { organizations } from './practices.ts';

/** A transaction holds up every other writer, so that a large seed is written in small ones. */
const AT_ONCE = 40;

/** A resource with the versions that came before it. */
interface Seeding {
  readonly versions: readonly [FhirResource, ...FhirResource[]];
}

type Resource = fhir4.FhirResource;
/** The same resource as the repository knows it; the standard's types have no index signature. */
const plain = (resource: unknown): FhirResource => {
  if (!isResource(resource)) throw new Error('Only resources are seeded');
  return resource;
};

/**
 * A plain FHIR server does not leave out parts of a restricted record by itself, so such parts are not there to begin with;
 * and it can refer to the practice, which PDS only names by ODS code.
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

const seedingOf = (resource: Resource, before: readonly Resource[] = []): Seeding => {
  const [first, ...rest] = [...before, resource].map(plain);
  return { versions: [first ?? plain(resource), ...rest] };
};

function* peopleOf(
  person: Person,
  inDialect: (patient: fhir4.Patient) => fhir4.Patient,
  before: readonly fhir4.Patient[] = [],
) {
  yield seedingOf(inDialect(person.patient), before.map(inDialect));
  for (const related of person.related) yield seedingOf(related);
}

function* everything(ctx: Ctx, options: SeedOptions): Generator<Seeding> {
  const isPds = ctx.dialect.id === 'pds';
  const inDialect = isPds ? (patient: fhir4.Patient) => patient : asPlainFhir;
  for (const known of knownPeople()) yield* peopleOf(known, inDialect, known.before);
  for (const person of people(options.seed, options.people)) yield* peopleOf(person, inDialect);
  // PDS keeps people and nothing else.
  if (isPds) return;
  for (const organization of organizations()) yield seedingOf(organization);
  for (const { practitioner, location, schedule, slots } of diaries(options.seed, ctx.now())) {
    yield seedingOf(practitioner);
    yield seedingOf(location);
    yield seedingOf(schedule);
    for (const slot of slots) yield seedingOf(slot);
  }
}

const write = async (ctx: Ctx, tx: Tx, { versions }: Seeding): Promise<void> => {
  const [first, ...later] = versions;
  const { id } = await create(ctx, tx, first, first.id === undefined ? {} : { id: first.id, method: 'PUT' });
  for (const version of later) {
    const row = await find(ctx, tx, version.resourceType, id);
    if (row !== undefined) await replace(ctx, tx, row, version);
  }
};

/** Fills the store of `ctx` with the well-known people, synthetic people and, but for PDS, practices and appointment books. */
export const seedPeopleAndDiaries = async (ctx: Ctx, options: SeedOptions): Promise<void> => {
  let batch: Seeding[] = [];
  const flush = async (): Promise<void> => {
    const writing = batch;
    batch = [];
    await ctx.transaction(async (tx) => {
      for (const seeding of writing) await write(ctx, tx, seeding);
    });
  };
  for (const seeding of everything(ctx, options)) {
    batch.push(seeding);
    if (batch.length === AT_ONCE) await flush();
  }
  if (batch.length > 0) await flush();
};
