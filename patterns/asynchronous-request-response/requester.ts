import { member, requireText } from '../../sandbox/act-values.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { BAD_REQUEST, problem } from '../../sandbox/problem.ts';
import { pathOf } from './ask-status.ts';
import { addition, only, requestOf } from './named-request.ts';
import { changeRequest, listAside, listRequests, type OpenRequest } from './open-requests.ts';
import { keepMessage, referralOf } from './requester-messages.ts';
import { type Sent, transmit } from './transmit.ts';
import { ways } from './ways.ts';

export const patient = { type: 'string', minLength: 1, maxLength: 64, title: 'Patient', default: '9000000009' };

const told = async (sending: Promise<Sent & { reply?: unknown }>): Promise<Sent> => {
  const { reply: _, ...sent } = await sending;
  return sent;
};

const focusOf = ({ sent }: OpenRequest): FhirResource => {
  // Written by keepMessage: the focus is the entry after the header.
  const bundle: unknown = JSON.parse(String(sent.body));
  const entries = member(bundle, 'entry');
  return member(Array.isArray(entries) ? entries[1] : undefined, 'resource') as FhirResource;
};

const patientIn = (referral: FhirResource): string => {
  const value = member(member(referral.subject, 'identifier'), 'value');
  return typeof value === 'string' ? value : '9000000009';
};

/** A further message of the same conversation about the same referral. */
const follow = async (
  ctx: Ctx,
  request: OpenRequest,
  change: Readonly<Record<string, unknown>>,
  reason: 'update' | 'delete',
) => {
  const focus = focusOf(request);
  return told(
    transmit(
      ctx,
      await keepMessage(ctx, {
        event: 'servicerequest-request',
        reason,
        focus: { ...focus, ...change },
        patient: patientIn(focus),
        correlation: request.correlation,
      }),
    ),
  );
};

/** What a requester does with requests that are answered later. */
export const requesterActs: Readonly<Record<string, Act>> = {
  'send-referral': {
    title: 'Send a referral',
    summary: 'As a FHIR message that is answered by another, or over REST, where there are status addresses',
    input: {
      type: 'object',
      required: ['patient'],
      properties: {
        patient,
        reason: { type: 'string', maxLength: 500, title: 'Reason', default: 'Cough for six weeks' },
        way: { type: 'string', enum: ['message', 'status'], title: 'How the answer comes', default: 'message' },
      },
      additionalProperties: false,
    },
    run: async (input, ctx) => {
      const reason = typeof input.reason === 'string' ? input.reason : 'Cough for six weeks';
      const referral = referralOf(ctx, ctx.uuid(), requireText(input, 'patient'), reason);
      if (input.way === 'status') {
        const { keepAtStatus } = ways.in(ctx);
        if (keepAtStatus === undefined)
          throw problem(BAD_REQUEST, 'There are no status addresses: here the answer is a message', { at: '/way' });
        return told(transmit(ctx, await keepAtStatus(ctx, referral)));
      }
      const wanted = {
        event: 'servicerequest-request',
        reason: 'new',
        focus: referral,
        patient: requireText(input, 'patient'),
      } as const;
      return told(transmit(ctx, await keepMessage(ctx, wanted)));
    },
  },
  'send-more-information': {
    title: 'Send more information about a referral',
    summary: 'The same referral, amended, in a message of the same conversation',
    input: addition,
    run: async (input, ctx) => {
      const request = await requestOf(ctx, input, 'message');
      const note = [{ text: requireText(input, 'text') }];
      return follow(ctx, request, { status: 'active', note }, 'update');
    },
  },
  'cancel-referral': {
    title: 'Cancel a referral',
    summary: 'A message with the referral revoked; over REST DELETE of the status address',
    input: only,
    run: async (input, ctx) => {
      const request = await requestOf(ctx, input);
      if (request.way === 'mllp')
        throw problem(BAD_REQUEST, `Request ${request.seq} went by HL7 v2: cancel-hl7-referral cancels it`, {
          at: '/request',
        });
      if (request.way === 'message') return follow(ctx, request, { status: 'revoked' }, 'delete');
      const { status, exchange } = await ctx.send('provider', {
        method: 'DELETE',
        path: pathOf(ctx, request.statusUrl ?? ''),
      });
      if (status === 202) await ctx.transaction((tx) => changeRequest(ctx, tx, request, { state: 'cancelled' }));
      return { request: request.seq, status, exchange };
    },
  },
  'list-requests': {
    title: 'List requests and what came of them',
    summary: 'Newest first; with what was set aside because it answers nothing that is open',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: async (_input, ctx) => ({
      requests: (await listRequests(ctx, ctx.sql)).map(({ sent, due, ...request }) => ({
        ...request,
        due: new Date(due).toISOString(),
        path: sent.path,
      })),
      setAside: (await listAside(ctx, ctx.sql)).map(({ at, reason }) => ({ at: new Date(at).toISOString(), reason })),
    }),
  },
};
