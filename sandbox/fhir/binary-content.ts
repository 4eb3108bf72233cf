import { accepts, parseMediaType } from '../http/negotiate.ts';
import type { Call, Reply } from '../pattern.ts';
import { NOT_ACCEPTABLE, problem } from '../problem.ts';
import type { FhirOperation } from './interactions/operation.ts';

const BINARY = 'Binary';
const FHIR = 'application/fhir+json';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Who names a type of FHIR, or a part of the resource, gets the resource; everyone else what it holds (R4 binary.html#rest). */
const wantsContent = ({ params, query, headers }: Call): boolean =>
  params.type === BINARY &&
  !['_format', '_summary', '_elements'].some((name) => query.has(name)) &&
  !/fhir\+json|json\+fhir|application\/json|text\/json/.test(headers.accept ?? '');

/** What a Binary holds, in its own type. */
const contentReply = (
  { headers: { accept } }: Call,
  headers: Readonly<Record<string, string>>,
  binary: Readonly<Record<string, unknown>>,
): Reply => {
  const contentType = text(binary.contentType);
  if (accept !== undefined && accept !== '' && !accepts(accept, contentType.split(';', 1)[0]?.trim() ?? ''))
    throw problem(NOT_ACCEPTABLE, `The document is ${contentType}; Accept does not allow it`, { at: 'Accept' });
  return {
    status: 200,
    headers: { ...headers, 'content-type': contentType },
    body: Buffer.from(text(binary.data), 'base64'),
  };
};

const asContent = async (call: Call, read: (call: Call) => Reply | Promise<Reply>): Promise<Reply> => {
  const reply = await read({ ...call, headers: { ...call.headers, accept: FHIR } });
  return reply.status === 200 ? contentReply(call, reply.headers ?? {}, JSON.parse(text(reply.body))) : reply;
};

/** A read that gives a Binary as what it holds. */
export const readingContent = (operation: FhirOperation): FhirOperation => ({
  ...operation,
  handler: (endpoint) => {
    const read = operation.handler(endpoint);
    return (call, ctx) => (wantsContent(call) ? asContent(call, (as) => read(as, ctx)) : read(call, ctx));
  },
});

/** The request as it would be with a Binary around what was sent. */
const wrapped = (call: Call, contentType: string): Call => {
  const { id } = call.params;
  const security = call.headers['x-security-context'];
  const binary = {
    resourceType: BINARY,
    ...(id === undefined ? {} : { id }),
    contentType: contentType.trim().replace(/\s+/g, ' '),
    ...(security === undefined ? {} : { securityContext: { reference: security } }),
    data: Buffer.from(call.body).toString('base64'),
  };
  return { ...call, headers: { ...call.headers, 'content-type': FHIR }, body: Buffer.from(JSON.stringify(binary)) };
};

/** A write that takes for a Binary what is to be in it. */
export const takingContent = (operation: FhirOperation): FhirOperation => ({
  ...operation,
  handler: (endpoint) => {
    const write = operation.handler(endpoint);
    const taken = endpoint.formats.flatMap(({ mediaTypes }) => [...mediaTypes]);
    return (call, ctx) => {
      const header = call.headers['content-type'];
      const isContent =
        call.params.type === BINARY && header !== undefined && !taken.includes(parseMediaType(header).type);
      return write(isContent ? wrapped(call, header) : call, ctx);
    };
  },
});
