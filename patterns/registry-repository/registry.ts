import { composeFhir, type FhirEndpoint } from '../../sandbox/fhir/compose.ts';
import { madeOutcome } from '../../sandbox/fhir/conditional.ts';
import { requireFit, requireSameId } from '../../sandbox/fhir/document.ts';
import { capabilities } from '../../sandbox/fhir/interactions/capabilities.ts';
import { removedOutcome } from '../../sandbox/fhir/interactions/delete.ts';
import { historyInstance } from '../../sandbox/fhir/interactions/history.ts';
import { operation } from '../../sandbox/fhir/interactions/operation.ts';
import { readResource, vreadResource } from '../../sandbox/fhir/interactions/read.ts';
import { searchType, searchTypePost } from '../../sandbox/fhir/interactions/search.ts';
import { demandFrom } from '../../sandbox/fhir/interactions/update.ts';
import type { Handler } from '../../sandbox/pattern.ts';
import { addressed } from '../../sandbox/pointers/addresses.ts';
import { amend, withdraw } from '../../sandbox/pointers/amend.ts';
import { byFirstUse } from '../../sandbox/pointers/ownership.ts';
import { POINTER, register } from '../../sandbox/pointers/register.ts';
import { requirePointer, subjectNamed } from './pointer-rules.ts';

/** FHIR R4 http.html#create; IHE MHD ITI-105 publishes a pointer without its document in the same way. */
const create = operation('createResource', { type: ['create'] }, async ({ call, ctx, body, param }) => {
  const pointer = requireFit(ctx, body(), param('type'));
  requirePointer(pointer);
  return ctx.transaction(async (tx) => {
    const { stored } = await register(ctx, tx, pointer, byFirstUse(ctx, call.from.participant));
    return madeOutcome(stored, 'POST', true);
  });
});

const update = operation('updateResource', { type: ['update'] }, async (request) => {
  const { call, ctx, body, param } = request;
  const demand = demandFrom(request);
  const pointer = requireFit(ctx, body(), param('type'));
  requireSameId(pointer, param('id'));
  requirePointer(pointer);
  return ctx.transaction(async (tx) => {
    const owns = byFirstUse(ctx, call.from.participant);
    return madeOutcome(await amend(ctx, tx, param('id'), pointer, owns, demand), 'PUT', false);
  });
});

const remove = operation('deleteResource', { type: ['delete'] }, async (request) => {
  const { call, ctx, param } = request;
  const demand = demandFrom(request);
  return ctx.transaction(async (tx) => {
    const owns = byFirstUse(ctx, call.from.participant);
    return removedOutcome(`${POINTER}/${param('id')}`, await withdraw(ctx, tx, param('id'), owns, demand));
  });
});

const endpoint: FhirEndpoint = composeFhir({
  operations: [
    capabilities,
    create,
    readResource,
    vreadResource,
    update,
    remove,
    searchType,
    searchTypePost,
    historyInstance,
  ],
  types: [POINTER],
});

/** A search has to say whose pointers are wanted. */
const aboutSomebody =
  (handler: Handler): Handler =>
  (call, ctx) =>
    handler(call.params.type === POINTER ? subjectNamed(call) : call, ctx);

const SEARCHES = ['searchType', 'searchTypePost'];

/** The registry's FHIR endpoint, by operationId. */
export const registryHandlers: Readonly<Record<string, Handler>> = Object.fromEntries(
  Object.entries(endpoint.handlers).map(([name, handler]) => [
    name,
    addressed(SEARCHES.includes(name) ? aboutSomebody(handler) : handler),
  ]),
);
