import type { Handler } from '../pattern.ts';
import { addressed } from '../pointers/addresses.ts';
import { createPointer, deletePointer, readOwnPointer, readPointer, updatePointer } from './nrl-produce.ts';
import { searchOwnPointers, searchOwnPointersPost, searchPointers, searchPointersPost } from './nrl-search.ts';

/**
 * The producer's and the consumer's operations of nrl.openapi.yaml, over the pointers of the participant that is the
 * registry: a pattern that speaks NRL has `pointerStore` among its stores.
 */
export const handlers: Readonly<Record<string, Handler>> = {
  createPointer,
  updatePointer,
  deletePointer,
  readOwnPointer: addressed(readOwnPointer),
  searchOwnPointers: addressed(searchOwnPointers),
  searchOwnPointersPost: addressed(searchOwnPointersPost),
  readPointer: addressed(readPointer),
  searchPointers: addressed(searchPointers),
  searchPointersPost: addressed(searchPointersPost),
};
