import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

type Resource = Record<string, unknown> & { id: string; meta: { versionId: string } };

export interface PlainServer {
  readonly url: string;
  close(): Promise<void>;
}

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

const outcome = (code: string) => ({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] });
const capabilities = {
  resourceType: 'CapabilityStatement',
  rest: [{ mode: 'server', resource: [{ type: 'Patient', interaction: [{ code: 'read' }] }] }],
};

/**
 * A FHIR R4 server that nobody in the NHS has ever heard of: it echoes no ids, asks for no If-Match but honours one, takes
 * a malformed id for an unknown one, codes no errors beyond the issue type, and offers no JSON Patch. All of that is
 * allowed. `ignoresIfMatch` makes it break a rule of FHIR itself.
 */
export const startPlainServer = async (
  options: { readonly ignoresIfMatch?: boolean; readonly port?: number } = {},
): Promise<PlainServer> => {
  const patients = new Map<string, Resource>([
    [
      'p1',
      { resourceType: 'Patient', id: 'p1', meta: { versionId: '1' }, gender: 'female', name: [{ family: 'Plain' }] },
    ],
  ]);
  let made = 1;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://plain');
    const id = /^\/fhir\/Patient\/([^/]+)$/.exec(url.pathname)?.[1];
    const reply = (status: number, body: object, headers: Readonly<Record<string, string>> = {}) => {
      response.writeHead(status, { 'content-type': 'application/fhir+json', ...headers }).end(JSON.stringify(body));
    };
    const show = (status: number, resource: Resource, headers: Readonly<Record<string, string>> = {}) =>
      reply(status, resource, { etag: `W/"${resource.meta.versionId}"`, ...headers });
    const keep = (text: string, key: string, version: number): Resource => {
      const resource = { ...JSON.parse(text), id: key, meta: { versionId: String(version) } };
      patients.set(key, resource);
      return resource;
    };
    const answer = async (): Promise<void> => {
      const text = await read(request);
      const known = id === undefined ? undefined : patients.get(id);
      if (request.headers.accept?.startsWith('image/')) return reply(406, outcome('not-supported'));
      if (url.pathname === '/fhir/metadata') return reply(200, capabilities);
      if (request.method === 'GET' && url.pathname === '/fhir/Patient') {
        const wanted = url.searchParams.get('_id');
        const found = [...patients.values()].filter((one) =>
          wanted === null ? !url.searchParams.has('identifier') : one.id === wanted,
        );
        return reply(200, {
          resourceType: 'Bundle',
          type: 'searchset',
          total: found.length,
          entry: found.map((resource) => ({ resource })),
        });
      }
      if (request.method === 'POST' && url.pathname === '/fhir/Patient') {
        if (request.headers['content-type'] === 'text/plain') return reply(415, outcome('not-supported'));
        made += 1;
        return show(201, keep(text, `p${made}`, 1), { location: `http://plain/fhir/Patient/p${made}/_history/1` });
      }
      if (id === undefined || known === undefined) return reply(404, outcome('not-found'));
      if (request.method === 'GET') return show(200, known);
      if (request.method === 'DELETE') {
        patients.delete(id);
        response.writeHead(204).end();
        return;
      }
      if (request.method !== 'PUT') return reply(405, outcome('not-supported'));
      const precondition = request.headers['if-match'];
      if (
        precondition !== undefined &&
        options.ignoresIfMatch !== true &&
        precondition !== `W/"${known.meta.versionId}"`
      )
        return reply(412, outcome('conflict'));
      return show(200, keep(text, id, Number(known.meta.versionId) + 1));
    };
    answer().catch((error: unknown) => reply(500, { ...outcome('exception'), text: String(error) }));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/fhir`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
