import { composeFhir, type FhirComposition, type FhirEndpoint } from './compose.ts';
import { batch } from './interactions/batch.ts';
import { capabilities } from './interactions/capabilities.ts';
import { createResource } from './interactions/create.ts';
import { conditionalDelete, deleteResource } from './interactions/delete.ts';
import { patientEverything, patientEverythingPost } from './interactions/everything.ts';
import { historyInstance, historySystem, historyType } from './interactions/history.ts';
import type { FhirOperation } from './interactions/operation.ts';
import { conditionalPatch, patchResource } from './interactions/patch.ts';
import { readResource, vreadResource } from './interactions/read.ts';
import { searchType, searchTypePost } from './interactions/search.ts';
import {
  searchCompartment,
  searchCompartmentPost,
  searchSystem,
  searchSystemPost,
} from './interactions/search-several.ts';
import { conditionalUpdate, updateResource } from './interactions/update.ts';
import { validateInstance, validateStored, validateType } from './interactions/validate.ts';

/** Every interaction and operation of R4 that there is here, over every resource type. */
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
  searchSystem,
  searchSystemPost,
  searchCompartment,
  searchCompartmentPost,
  historyInstance,
  historyType,
  historySystem,
  batch,
  validateType,
  validateInstance,
  validateStored,
  patientEverything,
  patientEverythingPost,
];

/**
 * A FHIR R4 endpoint: handlers for the operations of the contract, all of them unless told. A pattern that serves a few
 * takes `composeFhir` (compose.ts) and names them, so that it neither imports nor exports the rest.
 */
export const fhir = (options: Partial<FhirComposition> = {}): FhirEndpoint =>
  composeFhir({ ...options, operations: options.operations ?? everyOperation });
