import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** For tests: what the contract says of an operation's answers. */
export interface ContractAnswers {
  /** Throws where the contract does not name the status, or a body comes where it names none. */
  check(operationId: string, status: number, hasBody: boolean): void;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

export const readContractAnswers = (): ContractAnswers => {
  const document: unknown = parse(readFileSync(new URL('../../openapi/fhir-r4.yaml', import.meta.url), 'utf8'));
  const at = (...path: readonly string[]): unknown =>
    path.reduce<unknown>((node, step) => (isObject(node) ? node[step] : undefined), document);
  const answers = new Map<string, Readonly<Record<string, unknown>>>();
  for (const item of Object.values(isObject(at('paths')) ? Object(at('paths')) : {}))
    for (const operation of Object.values(isObject(item) ? item : {}))
      if (isObject(operation) && typeof operation.operationId === 'string' && isObject(operation.responses))
        answers.set(operation.operationId, operation.responses);
  return {
    check: (operationId, status, hasBody) => {
      const named = answers.get(operationId)?.[String(status)];
      if (!isObject(named)) throw new Error(`The contract names no ${status} of ${operationId}`);
      const ref = typeof named.$ref === 'string' ? named.$ref.split('/').slice(1) : undefined;
      const response = ref === undefined ? named : at(...ref);
      if (hasBody && !(isObject(response) && isObject(response.content)))
        throw new Error(`The contract names no body of ${operationId} ${status}`);
    },
  };
};
