import { requireText } from '../../sandbox/act-values.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import { newControlId } from '../../sandbox/hl7v2/control-id.ts';
import { fromFhir } from '../../sandbox/hl7v2/from-fhir/from-fhir.ts';
import { type Hl7Message, parseMessage } from '../../sandbox/hl7v2/message.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import { moved, readRecord } from './publishing.ts';

/** What is announced as HL7 v2: trigger events of ADT. */
const EVENTS = ['A01', 'A03', 'A08', 'A31'];

/** A stay of this person; A01 begins it, A03 ends it, and PV1-19 says that it is the same one. */
const stayOf = (ctx: Ctx, number: string, event: string): FhirResource => ({
  resourceType: 'Encounter',
  identifier: [{ type: { coding: [{ code: 'VN' }] }, value: `V${number}`, assigner: { display: 'RCB' } }],
  status: event === 'A03' ? 'finished' : 'in-progress',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
  subject: { reference: `Patient/${number}` },
  period: { [event === 'A03' ? 'end' : 'start']: new Date(ctx.now()).toISOString() },
});

interface Wish {
  readonly event: string;
  readonly number: string;
  readonly postcode?: string;
  readonly controlId: string;
}

/** The record as the hospital knows it, with what is new, as its administration system would send it. */
const adtOf = async (ctx: Ctx, { event, number, postcode, controlId }: Wish): Promise<Hl7Message> => {
  const known = await readRecord(ctx, `Patient/${number}`);
  const patient = postcode === undefined ? known : moved(postcode)(known);
  const resources = event === 'A31' ? [patient] : [patient, stayOf(ctx, number, event)];
  const entry = resources.map((resource) => ({ resource }));
  const { message } = fromFhir({ resourceType: 'Bundle', entry }, { event, now: ctx.now(), controlId });
  return parseMessage(message).set('MSH-3', 'PAS').set('MSH-4', 'RCB').set('MSH-5', 'ROUTE').set('MSH-6', 'ROUTE');
};

/** Nothing came back, or nothing that says so: whether it was stored is not known, and the same message may go again. */
const isNoReply = (error: unknown): error is ProblemError =>
  error instanceof ProblemError && (error.problem.status === 502 || error.problem.status === 504);

const told = async (ctx: Ctx, wish: Wish) => {
  const message = await adtOf(ctx, wish);
  const id = wish.controlId;
  try {
    const { code, text, exchange } = await ctx.sendHl7('broker', { message: message.toBytes() });
    return { message: id, code, ...(text === undefined ? {} : { because: text }), exchange };
  } catch (error) {
    if (!isNoReply(error)) throw error;
    return { message: id, code: 'none', because: error.faults[0]?.detail ?? error.message };
  }
};

/** The publisher as a hospital's administration system, which speaks HL7 v2. */
export const hl7Acts: Readonly<Record<string, Act>> = {
  'send-adt': {
    title: 'Send an ADT message',
    summary: 'The same news as HL7 v2 over MLLP: the broker keeps it as FHIR, and tells whoever has subscribed to that',
    dialects: ['fhir-r4'],
    input: {
      type: 'object',
      required: ['patient'],
      properties: {
        patient: { type: 'string', title: 'NHS number', default: '9000000009' },
        event: { type: 'string', enum: EVENTS, title: 'Event', default: 'A01' },
        postcode: { type: 'string', maxLength: 10, title: 'New postcode', example: 'LS1 4AP' },
        controlId: { type: 'string', maxLength: 20, title: 'Control id', example: 'a new one, unless told' },
      },
      additionalProperties: false,
    },
    run: (input, ctx) =>
      told(ctx, {
        event: typeof input.event === 'string' ? input.event : 'A01',
        number: requireText(input, 'patient'),
        controlId: typeof input.controlId === 'string' && input.controlId !== '' ? input.controlId : newControlId(),
        ...(typeof input.postcode === 'string' && input.postcode !== '' ? { postcode: input.postcode } : {}),
      }),
  },
};
