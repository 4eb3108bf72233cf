import type { FhirMessage } from '../../sandbox/fhir/message.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Call, Ctx } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { isFinal } from './decisions.ts';
import { type Answer, changeRequest, type OpenRequest, OVER, requestNamed, setAside } from './open-requests.ts';
import { markProcessed } from './processed.ts';
import { ways } from './ways.ts';

const textOf = (value: unknown): string | undefined => {
  const found = typeof value === 'object' && value !== null && 'text' in value ? value.text : undefined;
  return typeof found === 'string' ? found : undefined;
};

const isTask = ({ resourceType }: FhirResource): boolean => resourceType === 'Task';

/** A Task says whether there is more to come; without one, the status of what the response is about. */
const meaningOf = (message: FhirMessage): Pick<Answer, 'status' | 'final' | 'reason'> => {
  const task = message.content.find(({ resource }) => isTask(resource))?.resource;
  const about = task ?? message.focus[0];
  const status = String(about?.status ?? message.response?.code ?? 'unknown');
  const reason = textOf(about?.statusReason);
  const failed = message.response?.code === 'fatal-error';
  const final = failed || (task === undefined ? status !== 'on-hold' : isFinal(task));
  return { status, final, ...(reason === undefined ? {} : { reason }) };
};

/** Why a response belongs to no open request here; undefined where it does. */
const strayBecause = (
  ctx: Ctx,
  message: FhirMessage,
  call: Pick<Call, 'headers'>,
  request: OpenRequest | undefined,
): string | undefined => {
  if (request === undefined)
    return `it answers ${JSON.stringify(message.response?.identifier ?? '')}, which was never asked here`;
  const correlation = call.headers['x-correlation-id'];
  if (ways.in(ctx).keepsCorrelation && correlation?.toLowerCase() !== request.correlation.toLowerCase())
    return `its X-Correlation-ID is ${JSON.stringify(correlation ?? '')}, that of the request ${request.correlation}`;
  return OVER.includes(request.state) ? `the request that it answers is ${request.state} already` : undefined;
};

/**
 * Takes in a business response, once: matched to the open request that it names, however late, and before its
 * acknowledgement if need be. One that matches none is set aside for somebody to look at; the answer says why.
 */
export const takeResponse = async (
  ctx: Ctx,
  tx: Tx,
  message: FhirMessage,
  call: Pick<Call, 'headers'>,
): Promise<string | undefined> => {
  await markProcessed(ctx, tx, message, call);
  const request = await requestNamed(ctx, tx, message.response?.identifier ?? '');
  const stray = strayBecause(ctx, message, call, request);
  if (request === undefined || stray !== undefined) {
    await setAside(ctx, tx, stray ?? '', JSON.stringify(message.bundle));
    return stray;
  }
  const answer: Answer = {
    ...(message.bundleId === undefined ? {} : { message: message.bundleId }),
    at: new Date(ctx.now()).toISOString(),
    ...meaningOf(message),
    late: request.state === 'overdue',
  };
  const failed = message.response?.code === 'fatal-error';
  await changeRequest(ctx, tx, request, {
    state: failed ? 'failed' : answer.final ? 'answered' : 'interim',
    answers: [...request.answers, answer],
  });
  return undefined;
};
