import type { Ctx, Incoming } from '../../sandbox/pattern.ts';
import { type Answer, changeRequest, type OpenRequest } from './open-requests.ts';

const textAt = (value: unknown, ...path: readonly (string | number)[]): string | undefined => {
  const found = path.reduce<unknown>(
    (node, key) =>
      typeof node === 'object' && node !== null
        ? Object.entries(node).find(([name]) => name === String(key))?.[1]
        : undefined,
    value,
  );
  return typeof found === 'string' ? found : undefined;
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

const answerOf = (ctx: Ctx, request: OpenRequest, reply: Incoming): Answer => {
  const body = parsed(reply.body);
  const reason =
    textAt(body, 'entry', 0, 'resource', 'statusReason', 'text') ?? textAt(body, 'issue', 0, 'diagnostics');
  return {
    at: new Date(ctx.now()).toISOString(),
    status: textAt(body, 'entry', 0, 'resource', 'status') ?? String(reply.status),
    final: true,
    late: request.state === 'overdue',
    ...(reason === undefined ? {} : { reason }),
  };
};

/** Below the provider's base: what is sent to a participant names no host. */
export const pathOf = (ctx: Ctx, statusUrl: string): string => {
  const base = ctx.baseOf('provider') ?? '';
  if (statusUrl.startsWith(`${base}/`)) return statusUrl.slice(base.length);
  throw new Error(`The status address ${statusUrl} is not below ${base}`);
};

export interface Asked {
  readonly request: number;
  readonly status: number;
  readonly progress?: string;
  /** Seconds that were asked for. */
  readonly retryAfter?: number;
  readonly done: boolean;
}

/** Asks once how a request stands; an answer closes it. */
export const askStatus = async (ctx: Ctx, request: OpenRequest): Promise<Asked> => {
  const reply = await ctx.send('provider', {
    method: 'GET',
    path: pathOf(ctx, request.statusUrl ?? ''),
    headers: { accept: 'application/fhir+json', 'x-request-id': ctx.uuid(), 'x-correlation-id': request.correlation },
  });
  const { status, headers } = reply;
  const progress = headers['x-progress'];
  const wait = headers['retry-after'];
  const done = status !== 202 && status !== 429 && status !== 503 && status !== 408;
  if (done)
    await ctx.transaction((tx) =>
      changeRequest(ctx, tx, request, {
        state: status === 200 ? 'answered' : 'failed',
        answers: [...request.answers, answerOf(ctx, request, reply)],
      }),
    );
  return {
    request: request.seq,
    status,
    ...(progress === undefined ? {} : { progress }),
    ...(wait === undefined ? {} : { retryAfter: Number(wait) }),
    done,
  };
};
