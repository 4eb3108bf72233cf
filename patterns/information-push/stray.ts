import { requireText } from '../../sandbox/act-values.ts';
import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import { handling } from '../../sandbox/fhir/itk.ts';
import { writeMessage } from '../../sandbox/fhir/message.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { endpointOf, PROCESS_MESSAGE, sourceOf } from './addresses.ts';
import { lastBrought } from './brought.ts';
import { eventCoding } from './events.ts';
import { encounterOf, unsound } from './notification.ts';

const FHIR_JSON = 'application/fhir+json';

const bring = async (ctx: Ctx, body: string | object, requestId: string) => {
  const { status, exchange } = await ctx.send('recipient', {
    method: 'POST',
    path: PROCESS_MESSAGE,
    headers: { accept: FHIR_JSON, 'content-type': FHIR_JSON, 'x-request-id': requestId },
    body,
  });
  return { status, exchange };
};

const wrong = (ctx: Ctx, patient: string, how: 'unknown' | 'invalid'): object => {
  const encounter = encounterOf(ctx, patient, 'discharge-notification');
  const event = eventCoding('discharge-notification');
  return writeMessage({
    bundleId: ctx.uuid(),
    headerId: ctx.uuid(),
    event: how === 'unknown' ? { ...event, code: 'unheard-of-notification' } : event,
    at: ctx.now(),
    base: fhirBaseOf(ctx, 'broker') ?? '',
    source: sourceOf(ctx),
    destination: endpointOf(ctx, 'recipient'),
    header: handling(['InfAckRequested']),
    focus: [how === 'invalid' ? unsound(encounter) : encounter],
  });
};

const about = {
  type: 'object',
  properties: { patient: { type: 'string', minLength: 1, maxLength: 64, title: 'Patient', default: '9000000009' } },
  required: ['patient'],
  additionalProperties: false,
};

/** What a recipient has to bear or refuse (PSH-04, PSH-10, PSH-13): an exchange brings it that lets everything through. */
export const exchangeActs: Readonly<Record<string, Act>> = {
  'bring-again': {
    title: 'Bring the last message again',
    summary: 'The same message with the same ids, as after a lost acknowledgement: the recipient has to know it',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: async (_input, ctx) => {
      const { headers, body } = await lastBrought(ctx);
      return bring(ctx, body, headers['x-request-id'] ?? ctx.uuid());
    },
  },
  'bring-unknown-workflow': {
    title: 'Bring a message of an unknown workflow',
    summary: 'The recipient has to refuse it, or to say what becomes of it',
    input: about,
    run: (input, ctx) => bring(ctx, wrong(ctx, requireText(input, 'patient'), 'unknown'), ctx.uuid()),
  },
  'bring-invalid': {
    title: 'Bring an invalid message',
    summary: 'An Encounter without a status: the recipient has to refuse it, or to acknowledge it negatively',
    input: about,
    run: (input, ctx) => bring(ctx, wrong(ctx, requireText(input, 'patient'), 'invalid'), ctx.uuid()),
  },
};
