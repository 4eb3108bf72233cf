import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type FhirRequest, FhirRouter, MemoryRepository } from '@medplum/fhir-router';

/** The status that stands for an outcome of that library: its servers derive it from the id of the outcome. */
const STATUS: Readonly<Record<string, number>> = {
  ok: 200,
  created: 201,
  accepted: 202,
  'not-modified': 304,
  'not-found': 404,
  gone: 410,
  'precondition-failed': 412,
  unauthorized: 401,
  forbidden: 403,
};

const outcomeId = (outcome: object): string => ('id' in outcome ? String(outcome.id) : '');

const read = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
};

// A FHIR server that is not ours: the router and the repository of `@medplum/fhir-router`, as npm has them, and around them
// no more than HTTP asks for. So it has no ETag, no capability statement, takes any media type, and its repository, which
// is made for tests, knows no search by `_id`. It does keep versions, and refuses a stale If-Match. Started as a program.
const router = new FhirRouter();
const repository = new MemoryRepository();
const server = createServer((request, response) => {
  const answer = async (): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://foreign');
    const asked: FhirRequest = {
      method: request.method as FhirRequest['method'],
      url: `${url.pathname.replace(/^\/fhir/, '')}${url.search}`,
      pathname: '',
      params: {},
      query: Object.fromEntries(url.searchParams),
      body: await read(request),
      headers: request.headers,
    };
    const [outcome, resource] = await router.handleRequest(asked, repository);
    response.writeHead(STATUS[outcomeId(outcome)] ?? 400, { 'content-type': 'application/fhir+json' });
    response.end(JSON.stringify(resource ?? outcome));
  };
  answer().catch((error: unknown) => response.writeHead(500).end(String(error)));
});

await repository.createResource({
  resourceType: 'Patient',
  name: [{ family: 'Foreign', given: ['Fay'] }],
  birthDate: '1980-01-01',
});
server.listen(Number(process.argv[2]), '127.0.0.1');
await once(server, 'listening');
