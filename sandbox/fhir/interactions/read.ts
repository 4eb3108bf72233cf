import { readOutcome } from '../not-modified.ts';
import type { Outcome } from '../outcome.ts';
import { read, vread } from '../repository.ts';
import { requireInstance } from '../space-of-type.ts';
import type { StoredVersion } from '../stored.ts';
import { subsetOf, subsetText } from '../subset.ts';
import { type FhirRequest, operation } from './operation.ts';

const instance = (request: FhirRequest): { type: string; id: string } => {
  const type = request.param('type');
  const id = request.param('id');
  requireInstance(request.ctx, type, id);
  return { type, id };
};

const answer = (request: FhirRequest, version: StoredVersion): Outcome => {
  const { query, headers } = request.call;
  const outcome = readOutcome(version, headers);
  const subset = query.size === 0 ? undefined : subsetOf(query, version.type);
  return subset === undefined || outcome.status === 304
    ? outcome
    : { ...outcome, body: subsetText(version.body, subset) };
};

/** The stored text goes out as it is. */
export const readResource = operation(
  'readResource',
  { type: ['read'], resource: { conditionalRead: 'full-support' } },
  async (request) => {
    const { type, id } = instance(request);
    return answer(request, await read(request.ctx, request.ctx.sql, type, id));
  },
);

export const vreadResource = operation('vreadResource', { type: ['vread'] }, async (request) => {
  const { type, id } = instance(request);
  return answer(request, await vread(request.ctx, request.ctx.sql, type, id, request.param('vid')));
});
