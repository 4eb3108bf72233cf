import { checkVersions } from '../../sandbox/http/negotiate.ts';
import type { Call, Handler, Reply } from '../../sandbox/pattern.ts';
import { NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { eventCoding, isRequest, RESPONSE_TO, type Request, type Response } from './events.ts';

/** What BaRS reads and searches, each at a path of its own, as the FHIR interactions of that type. */
const READ = {
  readAppointment: 'Appointment',
  readServiceRequest: 'ServiceRequest',
  readDocumentReference: 'DocumentReference',
  readTask: 'Task',
} as const;
const SEARCHED = {
  searchSlots: 'Slot',
  searchAppointments: 'Appointment',
  searchServiceRequests: 'ServiceRequest',
  searchDocumentReferences: 'DocumentReference',
  searchTasks: 'Task',
} as const;

const ofType =
  (handler: Handler, type: string): Handler =>
  (call, ctx) =>
    handler({ ...call, params: { ...call.params, type } }, ctx);

const every = (names: Readonly<Record<string, string>>, handler: Handler | undefined): Record<string, Handler> =>
  handler === undefined
    ? {}
    : Object.fromEntries(Object.entries(names).map(([name, type]) => [name, ofType(handler, type)]));

/** The versions of the API that know DocumentReference: 1.0.0 does not. */
const WITH_DOCUMENTS = ['1', '1.1.0', '1.2.0', '1.3.0', '1.4.0', '1.5.0', '1.6.0'];

/** Documents came with version 1.1.0: to an Accept that asks for none but older ones they are not acceptable. */
const forNewer =
  (handler: Handler): Handler =>
  (call, ctx) => {
    checkVersions(call.headers, { versions: WITH_DOCUMENTS });
    return handler(call, ctx);
  };

const FHIR_JSON = { 'content-type': 'application/fhir+json; charset=utf-8' };

const definitionOf = (call: Call, event: Request | Response): object => ({
  resourceType: 'MessageDefinition',
  id: event,
  url: `${call.base}/FHIR/R4/MessageDefinition/${event}`,
  status: 'active',
  date: '2026-05',
  eventCoding: eventCoding(event),
  category: 'consequence',
  responseRequired: isRequest(event) ? 'always' : 'never',
  ...(isRequest(event)
    ? { allowedResponse: [{ message: `${call.base}/FHIR/R4/MessageDefinition/${RESPONSE_TO[event]}` }] }
    : {}),
});

/** What this participant takes: the provider requests, the requester responses. */
const messageDefinitions: Handler = async (call, ctx): Promise<Reply> => {
  const requests = Object.keys(RESPONSE_TO).filter(isRequest);
  const events = ctx.participant.name === 'provider' ? requests : requests.map((event) => RESPONSE_TO[event]);
  const entry = events.map((event) => {
    const resource = definitionOf(call, event);
    return { fullUrl: `${call.base}/FHIR/R4/MessageDefinition/${event}`, resource, search: { mode: 'match' } };
  });
  if (entry.length === 0) throw problem(NOT_FOUND, 'No message is taken here');
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'searchset', total: entry.length, entry });
  return { status: 200, headers: FHIR_JSON, body };
};

/** The operations of bars.openapi.yaml beside `$process-message`. */
export const barsHandlers = (handlers: Readonly<Record<string, Handler>>): Readonly<Record<string, Handler>> => {
  const served = { ...every(READ, handlers.readResource), ...every(SEARCHED, handlers.searchType), messageDefinitions };
  const documents = Object.entries(served).filter(([name]) => /DocumentReferences?$/.test(name));
  return { ...served, ...Object.fromEntries(documents.map(([name, handler]) => [name, forNewer(handler)])) };
};
