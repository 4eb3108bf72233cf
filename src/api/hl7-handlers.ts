import { Hl7Error } from '../../sandbox/hl7v2/hl7-error.ts';
import { writeLocation } from '../../sandbox/hl7v2/path.ts';
import type { Host } from '../../sandbox/http/host.ts';
import { problem, REAL_NHS_NUMBER, UNPROCESSABLE } from '../../sandbox/problem.ts';
import { realNumbersInJson } from '../../sandbox/real-numbers/in-json.ts';
import { ok, type ServiceHandlers } from './call.ts';

/** What HL7 v2 refuses, as a problem at its place in the message. */
const asProblem = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Hl7Error)) throw error;
    throw problem(UNPROCESSABLE, error.message, error.at === undefined ? {} : { at: writeLocation(error.at) });
  }
};

/** Both directions, without a store; loaded when they are first asked for, for the maps take a while to read. */
export const hl7Handlers = (host: Pick<Host, 'allowRealNhsNumbers' | 'now'>): ServiceHandlers => ({
  hl7ToFhir: async ({ bytes = new Uint8Array(), query, type }) => {
    const { parseMessage } = await import('../../sandbox/hl7v2/message.ts');
    const { findRealNumbers } = await import('../../sandbox/hl7v2/header-checks.ts');
    const { toFhir } = await import('../../sandbox/hl7v2/to-fhir/to-fhir.ts');
    const message = asProblem(() => parseMessage(bytes));
    const real = host.allowRealNhsNumbers ? [] : findRealNumbers(message);
    if (real.length > 0) throw problem(REAL_NHS_NUMBER, real);
    const made = asProblem(() => toFhir(message, { zone: query.get('zone') ?? '+00:00' }));
    if (type !== 'application/fhir+json') return ok(made);
    return { status: 200, headers: { 'content-type': 'application/fhir+json; charset=utf-8' }, body: made.bundle };
  },

  hl7FromFhir: async ({ body, query, type }) => {
    const { newControlId } = await import('../../sandbox/hl7v2/control-id.ts');
    const { fromFhir } = await import('../../sandbox/hl7v2/from-fhir/from-fhir.ts');
    const real = host.allowRealNhsNumbers ? [] : realNumbersInJson(body);
    if (real.length > 0) throw problem(REAL_NHS_NUMBER, real);
    const event = query.get('event') ?? undefined;
    const options = { now: host.now(), controlId: newControlId(), ...(event === undefined ? {} : { event }) };
    // The contract says that it is an object.
    const made = asProblem(() => fromFhir(body as Record<string, unknown>, options));
    const message = made.message.toString('utf8');
    return type === 'application/json' ? ok({ ...made, message }) : { status: 200, body: message };
  },
});
