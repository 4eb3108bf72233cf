import type { Reply } from '../pattern.ts';
import { METHOD_NOT_ALLOWED, problem, UNKNOWN_PATH } from '../problem.ts';
import type { Asked } from './asked.ts';

/** What a sandbox with signed JWTs serves below `/oauth2`. */
const answerToken = async (asked: Asked): Promise<Reply> => {
  if (asked.path !== '/token')
    throw problem(UNKNOWN_PATH, 'Of this sandbox there is a token endpoint, /oauth2/token, and nothing else of OAuth');
  const headers = { allow: 'POST, OPTIONS' };
  if (asked.method === 'OPTIONS') return { status: 204, headers };
  if (asked.method !== 'POST') throw problem(METHOD_NOT_ALLOWED, `${asked.method} is not POST`, { headers });
  // It brings jose, which a sandbox without tokens has no use for (rules 8).
  const { answerClientCredentials } = await import('./client-credentials.ts');
  return answerClientCredentials(asked);
};

/** Answers what comes to `/sandboxes/{id}/oauth2/…`, of a sandbox whose callers need tokens. */
export const answerAuthorisation = async (asked: Asked): Promise<Reply> => {
  if (asked.sandbox.row.auth !== 'user-restricted') return answerToken(asked);
  const { answerOpenid } = await import('./openid/answer.ts');
  return answerOpenid(asked);
};

const OPERATIONS: Readonly<Record<string, string>> = {
  token: 'issueToken',
  authorize: 'authorize',
  'sign-in': 'signIn',
  userinfo: 'readUserinfo',
  jwks: 'readKeys',
  revoke: 'revokeToken',
  '.well-known': 'discover',
};

/** An operation of openapi/oauth2.yaml, as the journal names it. */
export const operationOf = (method: string, path: string): string | undefined => {
  const operation = OPERATIONS[path.split('/')[1] ?? ''];
  return operation === 'signIn' && method !== 'POST' ? 'showSignIn' : operation;
};
