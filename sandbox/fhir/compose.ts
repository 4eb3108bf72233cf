import type { Handler, StorePart } from '../pattern.ts';
import { type FhirFormat, jsonFormat } from './format.ts';
import type { Endpoint, FhirOperation } from './interactions/operation.ts';
import { keptSearchMigrations, sweepKeptSearches } from './kept-search.ts';
import { completeSearch, copySearch, searchMigrations, sweepSearch } from './search/migrations.ts';
import { copyResources, resourceMigrations, sweepResources } from './tables.ts';
import { versionText } from './version-text.ts';
import type { AfterWrite, BeforeWrite } from './write-guard.ts';

export interface FhirComposition {
  /** What is served; nothing else is, nor is it imported, nor exported with the pattern (rules 9). */
  readonly operations: readonly FhirOperation[];
  /** The resource types that are kept there; every one of R4 unless told. */
  readonly types?: readonly string[];
  /** JSON alone unless told. */
  readonly formats?: readonly FhirFormat[];
  /** The pattern's own rule about writes. */
  readonly beforeWrite?: BeforeWrite;
  /** What the pattern does about them. */
  readonly afterWrite?: AfterWrite;
}

/** What a pattern adds to its app: handlers by operationId, and the tables behind them. */
export interface FhirEndpoint {
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly stores: readonly StorePart[];
}

/** Resources, their history and their index. A store is swept a table at a time; one that is copied has no kept searches. */
export const resourceStore: StorePart = {
  migrations: [...resourceMigrations, ...searchMigrations, ...keptSearchMigrations],
  complete: completeSearch,
  copy: async (tx, from, to) => {
    await copyResources(tx, from, to);
    await copySearch(tx, from, to);
  },
  sweep: async (tx, store, limit) => {
    for (const sweep of [sweepSearch, sweepKeptSearches]) {
      const swept = await sweep(tx, store, limit);
      if (swept > 0) return swept;
    }
    return sweepResources(tx, store, limit);
  },
  text: versionText,
};

export const composeFhir = ({ operations, formats = [jsonFormat], ...rules }: FhirComposition): FhirEndpoint => {
  const handlers: Record<string, Handler> = {};
  const endpoint: Endpoint = { operations, formats, handlers, ...rules };
  for (const operation of operations) handlers[operation.operationId] = operation.handler(endpoint);
  return { handlers, stores: [resourceStore] };
};
