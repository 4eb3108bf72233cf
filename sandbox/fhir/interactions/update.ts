import { takingContent } from '../binary-content.ts';
import { criteriaOf, madeOutcome, conditionalUpdate as updateTheMatch } from '../conditional.ts';
import { requireFit, requireSameId } from '../document.ts';
import { update } from '../repository.ts';
import { requireInstance, spaceOfType } from '../space-of-type.ts';
import { demandOf } from '../version-demand.ts';
import { type FhirRequest, operation } from './operation.ts';

export const demandFrom = ({ call }: FhirRequest) =>
  demandOf({ ifMatch: call.headers['if-match'], ifNoneMatch: call.headers['if-none-match'] });

/** FHIR R4 http.html#update; a free id creates (#upsert) */
export const updateResource = takingContent(
  operation('updateResource', { type: ['update'], resource: { updateCreate: true } }, async (request) => {
    const { ctx, param } = request;
    requireInstance(ctx, param('type'), param('id'));
    const demand = demandFrom(request);
    const resource = requireFit(ctx, request.body(), param('type'));
    requireSameId(resource, param('id'));
    return request.change(async (tx) => {
      const { stored, created } = await update(ctx, tx, param('id'), resource, demand);
      return madeOutcome(stored, 'PUT', created);
    });
  }),
);

/** FHIR R4 http.html#cond-update */
export const conditionalUpdate = operation(
  'conditionalUpdate',
  { resource: { conditionalUpdate: true } },
  async (request) => {
    const { ctx, call, param } = request;
    spaceOfType(ctx.store, param('type'));
    const criteria = criteriaOf(call.query, 'criteria');
    const demand = demandFrom(request);
    const resource = requireFit(ctx, request.body(), param('type'));
    return request.change((tx) => updateTheMatch(ctx, tx, resource, criteria, demand));
  },
);
