import type { Call, Handler, Reply } from '../../sandbox/pattern.ts';
import { FORBIDDEN, problem } from '../../sandbox/problem.ts';
import { TOPIC_CANONICAL } from './extensions.ts';
import { NOT_SERVED, SERVED } from './read-channel.ts';
import { TOPICS } from './topics.ts';

/** FHIR R4 subscription.html, websocket: where clients connect. */
const WEBSOCKET = 'http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket';
const TOLD = `Channels: ${SERVED}. ${Object.values(NOT_SERVED).join('; ')}; websocket by topic is not served, for lack of $get-ws-binding-token. Payloads are JSON. Anything else is refused with 422, which says why.`;

/** Interactions that name a type, and those that could show any. */
const ANY_TYPE = ['searchSystem', 'historySystem', 'batch', 'searchSystemPost'];

const asksForSubscriptions = ({ operationId, params, body, query }: Call): boolean => {
  if (operationId.startsWith('subscription')) return true;
  if (params.type === 'Subscription') return true;
  if (!ANY_TYPE.includes(operationId)) return false;
  return operationId !== 'batch' || `${query} ${Buffer.from(body).toString('utf8')}`.includes('Subscription');
};

/** The publisher is not told who receives what it publishes (PUB-05): not through a Subscription either. */
const discreet =
  (handler: Handler): Handler =>
  async (call, ctx) => {
    if (call.from.participant === 'publisher' && asksForSubscriptions(call))
      throw problem(FORBIDDEN, 'Who listens is not told to a publisher');
    return handler(call, ctx);
  };

export const discreetly = (handlers: Readonly<Record<string, Handler>>): Readonly<Record<string, Handler>> =>
  Object.fromEntries(Object.entries(handlers).map(([id, handler]) => [id, discreet(handler)]));

/** Backport, R4: a server lists its topics in its capability statement, as extensions of the Subscription resource. */
export const withTopics =
  (capabilities: Handler): Handler =>
  async (call, ctx): Promise<Reply> => {
    const reply = await capabilities(call, ctx);
    if (typeof reply.body !== 'string' || ctx.participant.name !== 'broker') return reply;
    const extension = TOPICS.map(({ url }) => ({ url: TOPIC_CANONICAL, valueCanonical: url }));
    const listed = `"extension":${JSON.stringify(extension)},"type":"Subscription","documentation":${JSON.stringify(TOLD)}`;
    const socket = { url: WEBSOCKET, valueUri: `${call.base.replace(/^http/, 'ws')}/websocket` };
    const body = reply.body
      .replace(/"type":\s*"Subscription"/, listed)
      .replace(/"rest":\s*\[\s*\{/, `"rest":[{"extension":[${JSON.stringify(socket)}],`);
    return { ...reply, body };
  };
