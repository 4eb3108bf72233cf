import type { ContractFault } from './contract-faults.ts';
import { compileOperation } from './contract-operation.ts';
import { type OpenApiDocument, readDefinitions } from './contract-schema.ts';

/** The parts of a request, already parsed. */
export interface ContractRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Media type of the body without parameters, in lower case; absent where there is no body. */
  readonly mediaType?: string;
  /** The parsed body, where `bodySchema(mediaType)` asked for it. */
  readonly body?: unknown;
}

export interface ContractOperation {
  readonly operationId: string;
  /** What the contract sorts it under. */
  readonly tags: readonly string[];
  /** Upper case. */
  readonly method: string;
  /** As the contract writes it: `/FHIR/R4/{type}/{id}`. */
  readonly path: string;
  /** The same path for Express: `/FHIR/R4/:type/:id`. */
  readonly route: string;
  /** Requirements of which one has to be met, each a set of scheme names that all have to be met; empty where open. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  /** Whether what is sent is its own proof (`x-own-proof: true`), so that it is let in without a credential. */
  readonly open: boolean;
  /** Media types that a request may carry, in the contract's order; empty where no body is expected. */
  readonly consumes: readonly string[];
  readonly bodyRequired: boolean;
  /** Media types of the success responses; empty where the contract names none. */
  readonly produces: readonly string[];
  /** Whether the contract has a schema for a JSON body of this type, so that it has to be parsed before `validate`. */
  hasBodySchema(mediaType: string): boolean;
  /** Every fault of the request against the contract; empty where it is good. */
  validate(request: ContractRequest): readonly ContractFault[];
}

const rank = (segment: string): number => (segment.startsWith('{') ? 2 : segment.includes('{') ? 1 : 0);

/** Literal segments before parameters, left to right, so that the first route that fits is the one OpenAPI means. */
const byPath = (a: ContractOperation, b: ContractOperation): number => {
  const left = a.path.split('/');
  const right = b.path.split('/');
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = rank(left[i] ?? '') - rank(right[i] ?? '');
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
};

/**
 * Compiles a contract into its operations, in the order in which routes have to be tried. Rejects with every fault of the
 * document where it is not valid OpenAPI, where an operation has no operationId, or where two share one.
 */
export const compileContract = async (document: OpenApiDocument): Promise<readonly ContractOperation[]> => {
  const { operations, validator } = await readDefinitions(document);
  const compiled = operations.map((operation) =>
    compileOperation(operation, (raw) => validator.buildRequestValidatorsForOperation(raw) ?? []),
  );
  const seen = new Set<string>();
  for (const { operationId } of compiled) {
    if (seen.has(operationId)) throw new Error(`Two operations have the operationId ${operationId}`);
    seen.add(operationId);
  }
  return compiled.toSorted(byPath);
};
