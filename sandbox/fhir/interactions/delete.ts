import { criteriaOf, theMatch } from '../conditional.ts';
import type { Outcome } from '../outcome.ts';
import { remove } from '../repository.ts';
import { requireInstance, spaceOfType } from '../space-of-type.ts';
import type { StoredVersion } from '../stored.ts';
import { operation } from './operation.ts';
import { demandFrom } from './update.ts';

export const removedOutcome = (name: string, removed: StoredVersion | undefined): Outcome =>
  removed === undefined
    ? { status: 204, done: `There was no ${name} to delete` }
    : { status: 204, version: removed, method: 'DELETE', done: `Deleted ${name} (version ${removed.version})` };

/** FHIR R4 http.html#delete: the versions stay; deleting what is not there is no error */
export const deleteResource = operation('deleteResource', { type: ['delete'] }, async (request) => {
  const { ctx, param } = request;
  const [type, id] = [param('type'), param('id')];
  requireInstance(ctx, type, id);
  const demand = demandFrom(request);
  return request.change(async (tx) => removedOutcome(`${type}/${id}`, await remove(ctx, tx, type, id, demand)));
});

/** FHIR R4 http.html#3.1.0.7.1, of a single match */
export const conditionalDelete = operation(
  'conditionalDelete',
  { resource: { conditionalDelete: 'single' } },
  async (request) => {
    const { ctx, call, param } = request;
    const type = param('type');
    spaceOfType(ctx.store, type);
    const criteria = criteriaOf(call.query, 'criteria');
    const demand = demandFrom(request);
    return request.change(async (tx) => {
      const match = await theMatch(ctx, tx, type, criteria);
      if (match === undefined) return removedOutcome(`${type} that matches the criteria`, undefined);
      return removedOutcome(`${type}/${match.id}`, await remove(ctx, tx, type, match.id, demand));
    });
  },
);
