import { create } from '../../sandbox/fhir/repository.ts';
import { isResource } from '../../sandbox/fhir/stored.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { placeholderOf } from '../../sandbox/pointers/addresses.ts';
import { claim } from '../../sandbox/pointers/ownership.ts';
import { prefixOf } from '../../sandbox/pointers/register.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { type Draft, keepDocument } from './documents.ts';
import { typeOf } from './kinds.ts';
import { organisationOf, REPOSITORIES } from './organisations.ts';
import { masterOf, pointerTo } from './pointer.ts';
import { type SeededDocument, seededIn } from './seeded.ts';
import { binaryOf, hashOf, restrictedMeta, writing } from './store-document.ts';

const pointerIdOf = (ctx: Ctx, { holder, id }: SeededDocument): string =>
  `${prefixOf(organisationOf(ctx, holder).identifier)}-${id}`;

/** A record with elements of its own, where the others are texts. */
const carePlanOf = ({ person, title, text, kind, restricted }: SeededDocument): fhir4.CarePlan => {
  const mark = person.indexOf('|');
  return {
    resourceType: 'CarePlan',
    ...restrictedMeta(restricted === true),
    status: 'active',
    intent: 'plan',
    title,
    category: [typeOf(kind)],
    subject: { identifier: { system: person.slice(0, mark), value: person.slice(mark + 1) } },
    description: text,
  };
};

/** What the pointer says of it. */
const draftOf = (ctx: Ctx, seeded: SeededDocument): Draft => {
  const { id, person, kind, title, text, restricted, structured } = seeded;
  const bytes = Buffer.from(text);
  const isText = structured !== true;
  return {
    id: `${isText ? 'Binary' : 'CarePlan'}/${id}`,
    person,
    kind,
    title,
    contentType: isText ? 'text/plain;charset=utf-8' : 'application/fhir+json',
    ...(isText ? { bytes: bytes.length, hash: hashOf(bytes) } : {}),
    created: new Date(ctx.now()).toISOString(),
    restricted: restricted === true,
  };
};

const seedDocument = async (ctx: Ctx, tx: Tx, seeded: SeededDocument): Promise<void> => {
  const { structured, text, restricted } = seeded;
  const resource: unknown = structured === true ? carePlanOf(seeded) : binaryOf(text, restricted === true);
  if (isResource(resource)) await create(writing(ctx), tx, resource, { id: seeded.id });
  const pointer = pointerIdOf(ctx, seeded);
  await keepDocument(ctx, tx, { draft: draftOf(ctx, seeded), pointer, wanted: true, gone: false, attempts: 0 });
};

const seedPointer = async (ctx: Ctx, tx: Tx, seeded: SeededDocument): Promise<void> => {
  const draft = draftOf(ctx, seeded);
  const made = pointerTo(ctx, seeded.holder, draft, placeholderOf(seeded.holder));
  const pointer: unknown = { ...made, date: draft.created };
  const id = pointerIdOf(ctx, seeded);
  if (isResource(pointer)) await create(writing(ctx), tx, pointer, { id });
  const { identifier } = organisationOf(ctx, seeded.holder);
  const master = masterOf(ctx, seeded.holder, draft);
  await tx.query('insert into pointer_key (store, name, pointer) values ($1, $2, $3)', [
    ctx.store,
    `${identifier.system}|${identifier.value}\n${master.system ?? ''}|${master.value ?? ''}`,
    id,
  ]);
};

/** Each repository begins with its documents, and the registry with a pointer to each. */
export const seedDocuments = async (ctx: Ctx): Promise<void> => {
  const { name } = ctx.participant;
  if (name === 'requester') return;
  await ctx.transaction(async (tx) => {
    for (const seeded of seededIn(ctx)) {
      if (name === 'registry') await seedPointer(ctx, tx, seeded);
      else if (name === seeded.holder) await seedDocument(ctx, tx, seeded);
    }
    if (name === 'registry')
      for (const holder of REPOSITORIES) await claim(ctx, tx, organisationOf(ctx, holder).identifier, holder);
  });
};
