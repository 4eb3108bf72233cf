import { create, find, replace } from '../fhir/repository.ts';
import { type FhirResource, isResource } from '../fhir/stored.ts';
import type { Ctx } from '../pattern.ts';
import type { SeedOptions } from '../seed-options.ts';
import type { Tx } from '../sql/port.ts';
import { knownPeople } from './known-people.ts';
import { type Person, people } from './people.ts';

/** A transaction holds up every other writer, so that a large seed is written in small ones. */
const AT_ONCE = 40;

/** A resource with the versions that came before it. */
export interface Seeding {
  readonly versions: readonly [FhirResource, ...FhirResource[]];
}

type Resource = fhir4.FhirResource;
/** The same resource as the repository knows it; the standard's types have no index signature. */
const plain = (resource: unknown): FhirResource => {
  if (!isResource(resource)) throw new Error('Only resources are seeded');
  return resource;
};

export const seedingOf = (resource: Resource, before: readonly Resource[] = []): Seeding => {
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

/** The well-known people and synthetic ones. */
export function* peopleIn(options: SeedOptions, inDialect: (patient: fhir4.Patient) => fhir4.Patient) {
  for (const known of knownPeople()) yield* peopleOf(known, inDialect, known.before);
  for (const person of people(options.seed, options.people)) yield* peopleOf(person, inDialect);
}

const write = async (ctx: Ctx, tx: Tx, { versions }: Seeding): Promise<void> => {
  const [first, ...later] = versions;
  const { id } = await create(ctx, tx, first, first.id === undefined ? {} : { id: first.id, method: 'PUT' });
  for (const version of later) {
    const row = await find(ctx, tx, version.resourceType, id);
    if (row !== undefined) await replace(ctx, tx, row, version);
  }
};

/** Writes them all into the store of `ctx`. */
export const writeSeed = async (ctx: Ctx, seedings: Iterable<Seeding>): Promise<void> => {
  let batch: Seeding[] = [];
  const flush = async (): Promise<void> => {
    const writing = batch;
    batch = [];
    await ctx.transaction(async (tx) => {
      for (const seeding of writing) await write(ctx, tx, seeding);
    });
  };
  for (const seeding of seedings) {
    batch.push(seeding);
    if (batch.length === AT_ONCE) await flush();
  }
  if (batch.length > 0) await flush();
};

/** Fills the store of `ctx` with people and nothing else, as a national record has them. */
export const seedPeople = (ctx: Ctx, options: SeedOptions): Promise<void> =>
  writeSeed(
    ctx,
    peopleIn(options, (patient) => patient),
  );
