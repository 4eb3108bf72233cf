import { criteriaOf, requireMatch } from '../conditional.ts';
import { patchRow } from '../patched.ts';
import { readTestPatch } from '../real-numbers.ts';
import { read } from '../repository.ts';
import { requireInstance, spaceOfType } from '../space-of-type.ts';
import { operation } from './operation.ts';
import { demandFrom } from './update.ts';

/** FHIR R4 http.html#patch: JSON Patch only */
export const patchResource = operation('patchResource', { type: ['patch'] }, async (request) => {
  const { ctx, param } = request;
  const [type, id] = [param('type'), param('id')];
  requireInstance(ctx, type, id);
  const demand = demandFrom(request);
  const operations = readTestPatch(ctx, request.body());
  return request.change(async (tx) => patchRow(ctx, tx, await read(ctx, tx, type, id), operations, demand));
});

export const conditionalPatch = operation('conditionalPatch', {}, async (request) => {
  const { ctx, call, param } = request;
  spaceOfType(ctx.store, param('type'));
  const criteria = criteriaOf(call.query, 'criteria');
  const demand = demandFrom(request);
  const operations = readTestPatch(ctx, request.body());
  return request.change(async (tx) =>
    patchRow(ctx, tx, await requireMatch(ctx, tx, param('type'), criteria), operations, demand),
  );
});
