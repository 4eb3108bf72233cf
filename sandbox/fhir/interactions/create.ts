import { takingContent } from '../binary-content.ts';
import { conditionalCreate, conditionOf, madeOutcome } from '../conditional.ts';
import { requireFit } from '../document.ts';
import { create } from '../repository.ts';
import { operation } from './operation.ts';

/** FHIR R4 http.html#create; with If-None-Exist #ccreate */
export const createResource = takingContent(
  operation(
    'createResource',
    { type: ['create'], resource: { conditionalCreate: true } },
    async ({ call, ctx, body, param, change }) => {
      const condition = call.headers['if-none-exist'];
      const criteria = condition === undefined ? undefined : conditionOf(param('type'), condition);
      const resource = requireFit(ctx, body(), param('type'));
      return change(async (tx) =>
        criteria === undefined
          ? madeOutcome(await create(ctx, tx, resource), 'POST', true)
          : conditionalCreate(ctx, tx, resource, criteria),
      );
    },
  ),
);
