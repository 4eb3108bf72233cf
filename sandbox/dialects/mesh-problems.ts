import type { Problem } from '../problem.ts';

const template = (condition: string, status: number, title: string, issue: string): Problem => ({
  condition,
  status,
  title,
  issue,
});

/** What only a message exchange refuses; codes and words of MESH stand in mesh.yaml. */
export const MISSING_DATA = template('missing-data', 417, 'There is nothing in the message', 'required');
export const INVALID_FROM = template('invalid-from', 400, 'The sender is not who the token says', 'value');
export const MISSING_TO = template('missing-to', 400, 'Mex-To is missing', 'required');
export const INVALID_TYPE = template('invalid-message-type', 400, 'Only data is sent', 'value');
export const INVALID_CHUNKS = template('invalid-chunks', 417, 'The chunk range does not hold', 'value');
export const INVALID_CHECKSUM = template('invalid-checksum', 400, 'The checksum is not one', 'value');
export const NOT_REGISTERED = template('not-registered', 417, 'The workflow is restricted', 'business-rule');
export const UNREGISTERED = template('unregistered-recipient', 417, 'Nobody has this mailbox', 'not-found');
export const UPLOAD_CLOSED = template('upload-closed', 423, 'Nothing more is awaited', 'conflict');
export const SEVERAL_MATCH = template('several-match', 300, 'More than one message', 'multiple-matches');
