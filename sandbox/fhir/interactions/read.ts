import { readingContent } from '../binary-content.ts';
import { readOutcome } from '../not-modified.ts';
import type { Outcome } from '../outcome.ts';
import { readSoon, vread } from '../repository.ts';
import { requireInstance } from '../space-of-type.ts';
import type { StoredVersion } from '../stored.ts';
import { subsetOf, subsetText } from '../subset.ts';
import { type FhirRequest, operation } from './operation.ts';

const instance = (request: FhirRequest): { type: string; id: string } => {
  const { type = '', id = '' } = request.call.params;
  requireInstance(request.reading, type, id);
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
export const readResource = readingContent(
  operation('readResource', { type: ['read'], resource: { conditionalRead: 'full-support' } }, (request) => {
    const { type, id } = instance(request);
    const reading = readSoon(request.reading, type, id);
    return reading instanceof Promise ? reading.then((row) => answer(request, row)) : answer(request, reading);
  }),
);

export const vreadResource = readingContent(
  operation('vreadResource', { type: ['vread'] }, async (request) => {
    const { type, id } = instance(request);
    return answer(request, await vread(request.reading, request.reading.sql, type, id, request.param('vid')));
  }),
);
