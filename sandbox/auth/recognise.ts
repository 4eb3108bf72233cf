import type { Recognised, Standing } from '../authentication.ts';
import { type CallerQuestion, findParticipant, identifyCaller, ownerOf } from '../participants.ts';
import type { Caller } from '../pattern.ts';
import type { Reader } from '../sql/port.ts';
import { apiProblem } from './mistakes.ts';
import { usesTokens } from './mode.ts';
import { type AccessToken, findToken, type Right } from './token-rows.ts';

export interface Asked extends CallerQuestion {
  readonly method: string;
  /** Below the participant's base. */
  readonly path: string;
  readonly sql: Reader;
  /** Real milliseconds: tokens are on real time (rules 4). */
  readonly realNow: number;
}

/** What a token has to be good for. A search by POST only reads. */
const rightFor = ({ method, path }: Asked): Right =>
  method === 'GET' || method === 'HEAD' || (method === 'POST' && path.endsWith('/_search')) ? 'read' : 'write';

const NOBODY: Caller = { participant: 'unknown', claimed: false };
const callerOf = (participant: string): Caller => ({ participant, claimed: false });

const byApiKey = async ({ sandbox, headers }: Asked): Promise<Recognised> => {
  const key = headers.apikey?.trim();
  if (key === undefined || key === '') return { caller: NOBODY, refusal: await apiProblem('api-key-missing') };
  const owner = ownerOf(sandbox, `Bearer ${key}`);
  if (owner === undefined) return { caller: NOBODY, refusal: await apiProblem('api-key-invalid') };
  return { caller: callerOf(owner.name) };
};

const SCHEME = /^Bearer(?: +|$)/i;

interface Found {
  readonly token: AccessToken;
  readonly standing: Standing;
}

const findGood = async ({ headers, sql, sandbox }: Asked): Promise<Found | string> => {
  const authorization = headers.authorization?.trim();
  if (authorization === undefined || authorization === '') return 'authorization-missing';
  const text = authorization.replace(SCHEME, '');
  if (text === '') return 'token-missing';
  if (text === authorization) return 'token-invalid';
  const find = (): Promise<AccessToken | undefined> => findToken(sql, sandbox.row.id, text);
  const token = await find();
  if (token === undefined) return 'token-invalid';
  return { token, standing: { until: token.expires, holds: async () => (await find()) !== undefined } };
};

const byToken = async (asked: Asked): Promise<Recognised> => {
  const found = await findGood(asked);
  if (typeof found === 'string') return { caller: NOBODY, refusal: await apiProblem(found) };
  const { token, standing } = found;
  const owner = findParticipant(asked.sandbox, token.participant);
  if (owner === undefined) return { caller: NOBODY, refusal: await apiProblem('token-invalid') };
  const caller = callerOf(owner.name);
  if (token.expires <= asked.realNow) return { caller, refusal: await apiProblem('token-expired') };
  if (token.rights.includes(rightFor(asked))) return { caller, standing };
  return { caller, refusal: await apiProblem(token.subject === undefined ? 'not-entitled' : 'user-not-entitled') };
};

/** Who calls a participant from outside, as the sandbox wants it proven; and why that is not enough, where it is not. */
export const recognise = (asked: Asked): Recognised | Promise<Recognised> => {
  const { auth } = asked.sandbox.row;
  if (auth === 'api-key') return byApiKey(asked);
  if (usesTokens(auth)) return byToken(asked);
  return { caller: identifyCaller(asked) };
};
