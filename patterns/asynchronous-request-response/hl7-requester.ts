import { timestamp } from '../../sandbox/hl7v2/acknowledge.ts';
import { newControlId } from '../../sandbox/hl7v2/control-id.ts';
import { createMessage, type Hl7Message, parseMessage } from '../../sandbox/hl7v2/message.ts';
import type { Hl7Receiver } from '../../sandbox/hl7v2/receiver.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import {
  type Answer,
  changeRequest,
  listRequests,
  type OpenRequest,
  OVER,
  requestNamed,
  setAside,
} from './open-requests.ts';
import { keep } from './requester-messages.ts';

const ER7 = 'x-application/hl7-v2+er7';

export interface Hl7Wish {
  readonly patient: string;
  readonly reason: string;
  readonly mode: 'enhanced' | 'original';
}

const referral = (ctx: Ctx, controlId: string, { patient, reason, mode }: Hl7Wish): Hl7Message => {
  const message = createMessage();
  const now = timestamp(ctx.now());
  const values: readonly (readonly [segment: string, fields: Readonly<Record<string, string>>])[] = [
    [
      'MSH',
      {
        ...{
          '3': 'EPR',
          '4': 'Y12345',
          '5': 'RAS',
          '6': 'RCB',
          '7': now,
          '9.1': 'REF',
          '9.2': 'I12',
          '9.3': 'REF_I12',
        },
        ...{ '10': controlId, '11': 'P', '12': '2.5.1', '18': 'UNICODE UTF-8' },
        ...(mode === 'enhanced' ? { '15': 'AL', '16': 'AL' } : {}),
      },
    ],
    ['RF1', { '1': 'P', '2': 'R', '6.1': `UBRN${controlId.slice(0, 8)}`, '6.2': 'Y12345', '7': now, '10.2': reason }],
    ['PRD', { '1.1': 'RP', '2.1': 'TESTER', '2.2': 'GRACE', '2.5': 'DR', '7.1': 'G9999998', '7.2': 'GMP' }],
    ['PRD', { '1.1': 'RT', '2.1': 'CLINIC', '7.1': 'RCB', '7.2': 'ODS' }],
    ['PID', { '1': '1', '3.1': patient, '3.4': 'NHS', '3.5': 'NH', '5.1': 'TESTCASE', '5.2': 'ADA' }],
  ];
  for (const [segment, fields] of values) {
    const path = segment === 'MSH' ? segment : message.addSegment(segment);
    for (const [field, value] of Object.entries(fields)) message.set(`${path}-${field}`, value);
  }
  return message;
};

/** Makes a referral and keeps it with its control id, so that it is the same message whenever it is sent. */
export const keepHl7Referral = (ctx: Ctx, wish: Hl7Wish): Promise<OpenRequest> => {
  const id = newControlId();
  const body = referral(ctx, id, wish).toBytes().toString('utf8');
  const sent = { method: 'MLLP', path: 'REF^I12', headers: { 'content-type': ER7 }, body };
  const event = 'servicerequest-request';
  return keep(ctx, { message: id, header: id, correlation: id, event, way: 'mllp', sent });
};

/** Of one referral, a message more: what it adds, or that it is cancelled. */
export type Hl7Change = { readonly event: 'I13'; readonly text: string } | { readonly event: 'I14' };

const CANCELS = 'REF^I14';
export const isCancelling = ({ sent }: OpenRequest): boolean => sent.path === CANCELS;

/** The referral again, with the number that it had (RF1-6) and a control id of its own. */
export const keepHl7Change = (ctx: Ctx, { sent, event, correlation }: OpenRequest, change: Hl7Change) => {
  const id = newControlId();
  const message = parseMessage(String(sent.body));
  message.set('MSH-7', timestamp(ctx.now())).set('MSH-9.2', change.event).set('MSH-10', id);
  if (change.event === 'I13') message.set(`${message.addSegment('NTE')}-3`, change.text);
  const body = message.toBytes().toString('utf8');
  const again = { ...sent, path: `REF^${change.event}`, body };
  return keep(ctx, { message: id, header: id, correlation, event, way: 'mllp', sent: again });
};

/** RF1-1 (table 0283); what has none was only processed. */
const STATUS: Readonly<Record<string, string>> = { A: 'accepted', P: 'pending', R: 'rejected', E: 'expired' };

/** What an application said of a referral: P is an interim answer, everything else a final one. */
const meaningOf = (reply: Hl7Message): Pick<Answer, 'status' | 'final' | 'reason'> & { readonly failed: boolean } => {
  const failed = reply.text('MSA-1') !== 'AA';
  const status = failed ? 'failed' : (STATUS[reply.count('RF1') === 0 ? '' : reply.text('RF1-1')] ?? 'processed');
  const reason = reply.text('MSA-3');
  return { failed, status, final: status !== 'pending', ...(reason === '' ? {} : { reason }) };
};

/** With a referral everything is over that was said of it before. */
const cancelOthers = async (ctx: Ctx, tx: Tx, { seq, correlation }: OpenRequest): Promise<void> => {
  for (const other of await listRequests(ctx, tx))
    if (other.correlation === correlation && other.seq !== seq && !OVER.includes(other.state))
      await changeRequest(ctx, tx, other, { state: 'cancelled' });
};

/** Takes in an RRI about a request that is open, or was accepted: who accepted may still say that it came to nothing. */
export const takeRri = async (ctx: Ctx, tx: Tx, request: OpenRequest, reply: Hl7Message): Promise<void> => {
  const { failed, ...said } = meaningOf(reply);
  const isOver = isCancelling(request) && !failed;
  const meaning = isOver ? { ...said, status: 'cancelled', final: true } : said;
  const answer: Answer = {
    message: reply.text('MSH-10'),
    at: new Date(ctx.now()).toISOString(),
    ...meaning,
    late: request.state === 'overdue',
  };
  const state = failed ? 'failed' : isOver ? 'cancelled' : answer.final ? 'answered' : 'interim';
  await changeRequest(ctx, tx, request, { state, answers: [...request.answers, answer] });
  if (isOver) await cancelOthers(ctx, tx, request);
};

/** Why it belongs to no referral of ours; undefined where it does. */
const strayBecause = (request: OpenRequest | undefined, id: string): string | undefined => {
  if (request?.way !== 'mllp') return `it answers ${JSON.stringify(id)}, which was never asked here`;
  return ['failed', 'cancelled'].includes(request.state)
    ? `the request that it answers is ${request.state} already`
    : undefined;
};

/** Takes no requests but answers: RRI^I12, matched by MSA-2 to the referral; one that matches none is refused (CE) and set aside. */
export const hl7Requester: Hl7Receiver = {
  types: [],
  receive: async () => ({ code: 'AR', text: 'Nothing but answers is received here' }),
  acknowledged: async (reply, ctx) => {
    const id = reply.text('MSA-2');
    const stray = strayBecause(await requestNamed(ctx, ctx.sql, id), id);
    if (stray !== undefined) {
      await ctx.transaction((tx) => setAside(ctx, tx, stray, reply.toBytes().toString('latin1')));
      return undefined;
    }
    return async (tx) => {
      const request = await requestNamed(ctx, tx, id);
      if (request !== undefined) await takeRri(ctx, tx, request, reply);
    };
  },
};
