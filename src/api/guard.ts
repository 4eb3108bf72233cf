import { createHash, timingSafeEqual } from 'node:crypto';
import type { ContractOperation } from '../../sandbox/contract.ts';
import { FORBIDDEN, NOT_FOUND, problem, UNAUTHENTICATED } from '../../sandbox/problem.ts';
import type { AccessKey } from '../sandboxes/keys.ts';

export interface GuardOptions {
  /** The key presented for this sandbox, where it opens it. */
  findKey(sandbox: string, presented: string): Promise<AccessKey | undefined>;
  /** Whether whoever can reach the service may create things (loopback, or OPEN_CREATION). */
  readonly openCreation: boolean;
  readonly adminKey?: string;
}

/** What a request presents; never kept. */
export interface Presented {
  readonly bearer?: string;
  readonly queryKey?: string;
}

export type Guard = (params: Readonly<Record<string, string>>, presented: Presented) => Promise<AccessKey | undefined>;

type Rights = 'any-key' | 'own-seat' | 'control';

/** What a key has to be for. An operation that is not listed cannot be mounted. */
const RIGHTS: Readonly<Record<string, Rights>> = {
  getSandbox: 'any-key',
  describeSandbox: 'any-key',
  listExchanges: 'any-key',
  getExchange: 'any-key',
  streamEvents: 'any-key',
  getFaults: 'any-key',
  listScenarios: 'any-key',
  readWorklist: 'any-key',
  // They show no more than the journal does.
  listQueues: 'any-key',
  listMessages: 'any-key',
  listDeadLetters: 'any-key',
  // It shows no more than the journal, and changes nothing.
  judgeParticipant: 'any-key',
  setParticipant: 'own-seat',
  setClient: 'own-seat',
  act: 'own-seat',
  deleteSandbox: 'control',
  resetSandbox: 'control',
  listKeys: 'control',
  createKey: 'control',
  setFaults: 'control',
  setClock: 'control',
  replayDeadLetter: 'control',
  replayDeadLetters: 'control',
  discardDeadLetter: 'control',
  playScenario: 'control',
};

const CHALLENGE = { 'www-authenticate': 'Bearer realm="fingerpost"' };

/** `Authorization: Bearer <token>` (RFC 6750 2.1). */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  authorization === undefined ? undefined : /^Bearer +(\S+) *$/i.exec(authorization)?.[1];

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const admitAdmin =
  ({ openCreation, adminKey }: GuardOptions): Guard =>
  async (_params, { bearer }) => {
    if (openCreation) return undefined;
    if (bearer !== undefined && adminKey !== undefined && same(bearer, adminKey)) return undefined;
    throw problem(UNAUTHENTICATED, 'This needs the service’s ADMIN_KEY as a bearer token', {
      at: 'Authorization',
      headers: CHALLENGE,
    });
  };

const admitSandbox =
  ({ findKey }: GuardOptions, rights: Rights, byQuery: boolean): Guard =>
  async (params, { bearer, queryKey }) => {
    const presented = bearer ?? (byQuery ? queryKey : undefined);
    if (presented === undefined)
      throw problem(UNAUTHENTICATED, 'This needs a key of the sandbox as a bearer token', {
        at: 'Authorization',
        headers: CHALLENGE,
      });
    const key = await findKey(params.sandboxId ?? '', presented);
    // A sandbox of somebody else and one that never was look the same.
    if (key === undefined)
      throw problem(
        NOT_FOUND,
        'There is no such sandbox for this key: the id or the key is wrong, or it has expired or was deleted',
      );
    if (rights === 'any-key' || key.scope === 'control') return key;
    if (rights === 'own-seat' && key.scope === 'participant' && key.participant === params.participant) return key;
    const scope = key.scope === 'participant' ? `participant ${key.participant ?? ''}` : key.scope;
    throw problem(FORBIDDEN, `The key “${key.label}” is of scope ${scope}; this needs more`);
  };

/** The one security check of an operation, from what the contract says; throws where the contract says what is not known. */
export const createGuard = (operation: ContractOperation, options: GuardOptions): Guard => {
  const schemes = new Set(operation.security.flatMap((requirement) => Object.keys(requirement)));
  const { operationId } = operation;
  if (schemes.size === 0) return async () => undefined;
  if (schemes.size === 1 && schemes.has('adminKey')) return admitAdmin(options);
  const rights = RIGHTS[operationId];
  const known = [...schemes].every((scheme) => scheme === 'sandboxKey' || scheme === 'sandboxKeyQuery');
  const optional = operation.security.some((requirement) => Object.keys(requirement).length === 0);
  if (!schemes.has('sandboxKey') || !known || optional || rights === undefined)
    throw new Error(`${operationId}: there is no rule for its security, ${JSON.stringify(operation.security)}`);
  return admitSandbox(options, rights, schemes.has('sandboxKeyQuery'));
};
