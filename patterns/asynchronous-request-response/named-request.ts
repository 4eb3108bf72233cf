import type { Ctx } from '../../sandbox/pattern.ts';
import { BAD_REQUEST, CONFLICT, NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { findRequest, listRequests, type OpenRequest, OVER } from './open-requests.ts';

/** How an act names the request that it is about. */
export const WHICH = { type: 'integer', minimum: 1, title: 'Request', example: 12 };

/** Of acts that need no more than which. */
export const only = { type: 'object', properties: { request: WHICH }, additionalProperties: false };

/** Of acts that add to what was asked. */
export const addition = {
  type: 'object',
  required: ['text'],
  properties: {
    request: WHICH,
    text: {
      type: 'string',
      minLength: 1,
      maxLength: 500,
      title: 'What is added',
      default: 'Non-smoker; chest X-ray clear',
    },
  },
  additionalProperties: false,
};

const WAYS: Readonly<Record<OpenRequest['way'], string>> = {
  message: 'a message',
  status: 'a status address',
  mllp: 'HL7 v2',
};

const isOpen = ({ state }: OpenRequest): boolean => !OVER.includes(state);

/** The request that was named, or the newest one that is open. */
export const requestOf = async (
  ctx: Ctx,
  input: Readonly<Record<string, unknown>>,
  way?: OpenRequest['way'],
): Promise<OpenRequest> => {
  const named = typeof input.request === 'number' ? await findRequest(ctx, ctx.sql, input.request) : undefined;
  if (input.request !== undefined && named === undefined)
    throw problem(NOT_FOUND, `There is no request ${String(input.request)}; list-requests names them`, {
      at: '/request',
    });
  const all = await listRequests(ctx, ctx.sql);
  const found = named ?? all.find((one) => isOpen(one) && (way === undefined || one.way === way));
  if (found === undefined) throw problem(CONFLICT, 'No request is open');
  if (way !== undefined && found.way !== way)
    throw problem(BAD_REQUEST, `Request ${found.seq} is answered by ${WAYS[found.way]}, not by ${WAYS[way]}`, {
      at: '/request',
    });
  return found;
};
