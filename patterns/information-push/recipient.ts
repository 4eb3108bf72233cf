import { jsonFormat } from '../../sandbox/fhir/format.ts';
import { readMessage } from '../../sandbox/fhir/message.ts';
import { update } from '../../sandbox/fhir/repository.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import { forWriting } from '../../sandbox/fhir/write-guard.ts';
import { Hl7Error } from '../../sandbox/hl7v2/hl7-error.ts';
import type { Hl7Message } from '../../sandbox/hl7v2/message.ts';
import type { Hl7Receiver } from '../../sandbox/hl7v2/receiver.ts';
import { Undeliverable } from '../../sandbox/messages/retry.ts';
import type { Act, Consumer, Ctx } from '../../sandbox/pattern.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import { listReceived, receive } from './received.ts';
import { takeIn } from './take-in.ts';

const TRIGGERS: Readonly<Record<string, string>> = { A01: 'in-progress', A03: 'finished' };

const encounterOf = (message: Hl7Message, id: string, number: string): FhirResource => ({
  resourceType: 'Encounter',
  id,
  status: TRIGGERS[message.text('MSH-9.2')] ?? 'in-progress',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP', display: 'inpatient encounter' },
  subject: { identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: number } },
});

/** ADT over MLLP: stored in the transaction that keeps the acknowledgement, so that it is stored before it is acknowledged. */
export const adtReceiver: Hl7Receiver = {
  types: ['ADT^A01', 'ADT^A03'],
  async receive(message, ctx) {
    const number = message.text('PID-3.1');
    if (number === '')
      throw new Hl7Error('PID-3 is empty: whom is it about?', { condition: 101, at: { segment: 'PID', field: 3 } });
    const event = message.text('MSH-9.2') === 'A03' ? 'discharge-notification' : 'admission-notification';
    const id = ctx.uuid();
    return {
      effect: async (tx) => {
        const about = `Encounter/${id}`;
        if (!(await receive(ctx, tx, { message: message.text('MSH-10'), event, via: 'mllp', about }))) return;
        await update(forWriting(ctx, undefined, undefined), tx, id, encounterOf(message, id, number));
      },
    };
  },
};

/** What comes by queue: the same FHIR message, handled once however often it is delivered. */
export const inbox: Consumer = {
  participant: 'recipient',
  outside: true,
  retry: { attempts: 10, first: 'PT1M', factor: 2, max: 'PT3H' },
  handle: async (message, ctx) => {
    try {
      await takeIn(ctx, readMessage(ctx, jsonFormat.parse(message.body)), 'queue');
    } catch (error) {
      if (error instanceof ProblemError) throw new Undeliverable(error.faults[0]?.detail ?? error.message);
      throw error;
    }
  },
};

const listing = async (_input: Readonly<Record<string, unknown>>, ctx: Ctx) => ({
  received: (await listReceived(ctx, ctx.sql)).map(({ at, ...one }) => ({ ...one, at: new Date(at).toISOString() })),
});

/** What a recipient can be asked. */
export const recipientActs: Readonly<Record<string, Act>> = {
  'list-received': {
    title: 'List what was received',
    summary: 'Newest first, with how often each came; each had its effect once',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: listing,
  },
};
