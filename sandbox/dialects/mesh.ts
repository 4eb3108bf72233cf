import type { Handler } from '../pattern.ts';
import { acknowledgeMessage, checkInbox, countMessages, downloadChunk, downloadMessage } from './mesh-collect.ts';
import { richInbox, richOutbox } from './mesh-rich.ts';
import { sendChunk, sendMessage } from './mesh-send.ts';
import {
  lookUpAddress,
  readMailbox,
  searchByWorkflow,
  shakeHands,
  trackByLocalId,
  trackMessage,
} from './mesh-track.ts';

export { authentication } from './mesh-authentication.ts';

/**
 * The operations of mesh.openapi.yaml, over the mailboxes of the participant that is the exchange: a pattern that speaks
 * MESH has `mailboxStore` among its stores, `mailboxTimers` and a `mailbox-poll` of its own among its timers, and opens the
 * mailboxes in its seed.
 */
export const handlers: Readonly<Record<string, Handler>> = {
  validateMailbox: shakeHands,
  shakeHands,
  checkInbox,
  richInbox,
  richOutbox,
  countMessages,
  downloadMessage,
  downloadChunk,
  acknowledgeMessage,
  sendMessage,
  sendChunk,
  trackMessage,
  trackByLocalId,
  lookUpAddress,
  searchByWorkflow,
  readMailbox,
};
