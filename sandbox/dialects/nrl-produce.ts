import { requireFit } from '../fhir/document.ts';
import { parseJson } from '../fhir/json.ts';
import { find } from '../fhir/repository.ts';
import type { FhirResource } from '../fhir/stored.ts';
import { forWriting, type WritingCtx } from '../fhir/write-guard.ts';
import type { Call, Ctx, Reply } from '../pattern.ts';
import { amend, withdraw } from '../pointers/amend.ts';
import { INVALID_POINTER, NOT_OWNER } from '../pointers/problems.ts';
import { POINTER, register } from '../pointers/register.ts';
import { BAD_REQUEST, NOT_FOUND, problem } from '../problem.ts';
import { byOrganisation, organisationOf } from './nrl-caller.ts';
import { done, NRL_TYPE } from './nrl-outcome.ts';
import { requireNrlPointer } from './nrl-rules.ts';

const PRODUCER = '/record-locator/producer/FHIR/R4';

/** The registry's own rules are those of pointers/, so that no others guard its writes. */
const writing = (ctx: Ctx, call: Call): WritingCtx => forWriting(ctx, [`${call.base}${PRODUCER}`], undefined);

const pointerIn = (call: Call, ctx: Ctx): FhirResource => {
  const pointer = requireFit(ctx, parseJson(call.body), POINTER);
  requireNrlPointer(ctx.dialect, pointer);
  return pointer;
};

const idIn = ({ params }: Call): string => params.id ?? '';

/** What an id says of whose pointer it is comes before whether there is one: nobody finds out about others' pointers. */
const requireOwnId = (id: string, ods: string, deed: string): void => {
  if (id.slice(0, id.indexOf('-')) !== ods)
    throw problem(NOT_OWNER, `The requested ${POINTER} cannot be ${deed} because it belongs to another organisation`);
};

const noSuchPointer = () => problem(NOT_FOUND, `The requested ${POINTER} could not be found`);

export const createPointer = async (call: Call, ctx: Ctx): Promise<Reply> => {
  const ods = organisationOf(call);
  const pointer = pointerIn(call, ctx);
  if (pointer.status !== 'current')
    throw problem(INVALID_POINTER, 'A new pointer has the status current', { at: `${POINTER}.status` });
  const { stored, superseded } = await ctx.transaction((tx) =>
    register(writing(ctx, call), tx, pointer, byOrganisation(ods)),
  );
  const location = `${call.base}${PRODUCER}/${POINTER}/${stored.id}`;
  return done(201, superseded.length > 0 ? 'RESOURCE_SUPERSEDED' : 'RESOURCE_CREATED', { location });
};

export const updatePointer = async (call: Call, ctx: Ctx): Promise<Reply> => {
  const ods = organisationOf(call);
  const id = idIn(call);
  const pointer = pointerIn(call, ctx);
  if (pointer.id !== id)
    throw problem(BAD_REQUEST, 'The document id in the path does not match the document id in the body', {
      at: `${POINTER}.id`,
    });
  requireOwnId(id, ods, 'updated');
  await ctx.transaction(async (tx) => {
    const row = await find(ctx, tx, POINTER, id);
    if (row === undefined || row.deleted) throw noSuchPointer();
    return amend(writing(ctx, call), tx, id, pointer, byOrganisation(ods));
  });
  return done(200, 'RESOURCE_UPDATED');
};

export const deletePointer = async (call: Call, ctx: Ctx): Promise<Reply> => {
  const ods = organisationOf(call);
  const id = idIn(call);
  requireOwnId(id, ods, 'deleted');
  const gone = await ctx.transaction((tx) => withdraw(writing(ctx, call), tx, id, byOrganisation(ods)));
  if (gone === undefined) throw noSuchPointer();
  return done(200, 'RESOURCE_DELETED');
};

/** There are no versions here: a pointer that was withdrawn is as one that never was. */
const shown = async (ctx: Ctx, id: string): Promise<Reply> => {
  const row = await find(ctx, ctx.sql, POINTER, id);
  if (row === undefined || row.deleted) throw noSuchPointer();
  return { status: 200, headers: { 'content-type': NRL_TYPE }, body: row.body };
};

export const readOwnPointer = async (call: Call, ctx: Ctx): Promise<Reply> => {
  requireOwnId(idIn(call), organisationOf(call), 'read');
  return shown(ctx, idIn(call));
};

/** A consumer reads whosever pointer. */
export const readPointer = async (call: Call, ctx: Ctx): Promise<Reply> => {
  organisationOf(call);
  return shown(ctx, idIn(call));
};
