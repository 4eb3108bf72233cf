import { composeFhir, type FhirComposition, type FhirEndpoint } from './compose.ts';
import { batch } from './interactions/batch.ts';
import { capabilities } from './interactions/capabilities.ts';
import { createResource } from './interactions/create.ts';
import { conditionalDelete, deleteResource } from './interactions/delete.ts';
import { historyInstance, historySystem, historyType } from './interactions/history.ts';
import type { FhirOperation } from './interactions/operation.ts';
import { conditionalPatch, patchResource } from './interactions/patch.ts';
import { readResource, vreadResource } from './interactions/read.ts';
import { searchType, searchTypePost } from './interactions/search.ts';
import { conditionalUpdate, updateResource } from './interactions/update.ts';

/** Every interaction of R4's RESTful API that there is here, over every resource type. */
export const everyOperation: readonly FhirOperation[] = [
  capabilities,
  readResource,
  vreadResource,
  createResource,
  updateResource,
  conditionalUpdate,
  patchResource,
  conditionalPatch,
  deleteResource,
  conditionalDelete,
  searchType,
  searchTypePost,
  historyInstance,
  historyType,
  historySystem,
  batch,
];

/**
 * A FHIR R4 endpoint: handlers for the operations of the contract, all of them unless told. A pattern that serves a few
 * takes `composeFhir` (compose.ts) and names them, so that it neither imports nor exports the rest.
 */
export const fhir = (options: Partial<FhirComposition> = {}): FhirEndpoint =>
  composeFhir({ ...options, operations: options.operations ?? everyOperation });
