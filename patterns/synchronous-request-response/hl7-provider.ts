import { keepSlots } from '../../sandbox/booking.ts';
import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import { forWriting } from '../../sandbox/fhir/write-guard.ts';
import type { Hl7Message } from '../../sandbox/hl7v2/message.ts';
import { hl7v2 } from '../../sandbox/hl7v2/part.ts';
import type { Hl7Answer, Hl7Receiver } from '../../sandbox/hl7v2/receiver.ts';
import { storing } from '../../sandbox/hl7v2/store/storing.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { answering, findPeople, findReports } from './hl7-answered.ts';
import { askedByQpd, askedByQrd } from './hl7-asked.ts';

/** Where HL7 v2 is spoken beside FHIR. */
export const HL7_DIALECTS = ['fhir-r4'];

const PERSON = ['PID', 'PD1', 'NK1', 'PV1'];
const RESULTS = ['PID', 'OBR', 'NTE', 'OBX'];

/** By the type of the query, what is found and shown. */
const QUERIES: Readonly<Record<string, (message: Hl7Message, ctx: Ctx) => Promise<Hl7Answer>>> = {
  'QRY^A19': async (asked, ctx) => {
    const found = await findPeople(ctx, askedByQrd(ctx, asked, 'DEM'), true);
    return { complete: answering(ctx, found, { asked, tag: asked.text('QRD-4'), event: 'A08', segments: PERSON }) };
  },
  'QRY^R02': async (asked, ctx) => {
    const found = await findReports(ctx, askedByQrd(ctx, asked, 'RES'));
    return { complete: answering(ctx, found, { asked, tag: asked.text('QRD-4'), event: 'R01', segments: RESULTS }) };
  },
  'QBP^Q22': async (asked, ctx) => {
    const found = await findPeople(ctx, askedByQpd(ctx, asked), false);
    return {
      complete: answering(ctx, found, { asked, tag: asked.text('QPD-2'), event: 'A31', segments: ['PID', 'PD1'] }),
    };
  },
};

/** What is told, as against asked: processed at once, so that AA is the business result. */
const told = storing({
  types: ['ADT', 'ORU^R01'],
  writing: (ctx) => forWriting(ctx, [fhirBaseOf(ctx, 'provider') ?? ''], keepSlots),
});

const provider: Hl7Receiver = {
  types: [...(told.types ?? []), ...Object.keys(QUERIES)],
  receive: (message, ctx, from) => {
    const query = QUERIES[`${message.text('MSH-9.1')}^${message.text('MSH-9.2')}`];
    return query === undefined ? told.receive(message, ctx, from) : query(message, ctx);
  },
};

/**
 * HL7 v2 in original mode alone: the reply on the connection is the outcome. There are no queues here, so that a message that
 * asks for enhanced mode is refused: who can wait for a second answer has asynchronous request/response.
 */
export const mllp = hl7v2({ provider }, HL7_DIALECTS);
