import { type ContractOperation, compileContract } from '../../sandbox/contract.ts';
import { contractProblem } from '../../sandbox/contract-faults.ts';
import type { Act } from '../../sandbox/pattern.ts';

/** Throws BAD_REQUEST with every place where the input is not what the act's schema says. */
export type CheckInput = (act: Act, input: unknown) => Promise<void>;

const JSON_TYPE = 'application/json';

const compile = async (act: Act): Promise<ContractOperation> => {
  const [operation] = await compileContract({
    openapi: '3.0.3',
    info: { title: act.title, version: '1' },
    paths: {
      '/act': {
        post: {
          operationId: 'act',
          requestBody: { required: true, content: { [JSON_TYPE]: { schema: act.input } } },
          responses: { '200': { description: 'done' } },
        },
      },
    },
  });
  if (operation === undefined) throw new Error(`The input of ${act.title} cannot be compiled`);
  return operation;
};

/** Validates with the validator that contracts are compiled to, so that acts and operations refuse in the same words. */
export const createInputCheck = (): CheckInput => {
  const compiled = new WeakMap<Act, Promise<ContractOperation>>();
  return async (act, input) => {
    const known = compiled.get(act) ?? compile(act);
    compiled.set(act, known);
    const operation = await known;
    const [fault, ...faults] = operation.validate({
      params: {},
      query: new URLSearchParams(),
      headers: {},
      mediaType: JSON_TYPE,
      body: input,
    });
    if (fault !== undefined) throw contractProblem([fault, ...faults]);
  };
};
