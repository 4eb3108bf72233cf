import { once } from 'node:events';
import { createServer } from 'node:http';
import { writeMessage } from '../../sandbox/fhir/message.ts';

export interface PlainRecipient {
  readonly url: string;
  /** Ends when every acknowledgement that was asked for has been handed to the exchange. */
  acknowledged(): Promise<unknown>;
  close(): Promise<void>;
}

interface Header {
  readonly id: string;
  readonly eventCoding: { readonly code: string };
  readonly source: { readonly endpoint: string };
}
interface Brought {
  readonly entry: readonly { readonly resource: { readonly status?: string } }[];
}

const outcome = (code: string): string =>
  JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] });

const acknowledgement = ({ id, eventCoding, source }: Header, url: string): string =>
  JSON.stringify(
    writeMessage({
      bundleId: crypto.randomUUID(),
      headerId: crypto.randomUUID(),
      event: { ...eventCoding, code: `${eventCoding.code}-ack` },
      at: Date.parse('2026-01-05T09:00:00Z'),
      base: url,
      source: { name: 'recipient', endpoint: url },
      destination: source.endpoint,
      response: { identifier: id, code: 'ok' },
      focus: [],
    }),
  );

/**
 * Somebody else's recipient, in as few lines as it takes. `exchange` is where it hands its acknowledgements; without it, it is
 * careless: it says 200 to everything.
 */
export const startPlainRecipient = async (exchange?: { readonly url: string }): Promise<PlainRecipient> => {
  const known = new Set<string>();
  const sent: Promise<unknown>[] = [];
  const answer = (body: string, url: string): { status: number; body: string } => {
    if (exchange === undefined) return { status: 200, body: '' };
    const { entry }: Brought = JSON.parse(body);
    const header = entry[0]?.resource as Header | undefined;
    if (header === undefined || entry.some(({ resource }, index) => index === 1 && resource.status === undefined))
      return { status: 422, body: outcome('invalid') };
    if (header.eventCoding.code.startsWith('unheard')) return { status: 422, body: outcome('not-supported') };
    if (known.has(header.id)) return { status: 409, body: outcome('duplicate') };
    known.add(header.id);
    if (body.includes('InfAckRequested'))
      sent.push(
        fetch(`${exchange.url}/$process-message`, {
          method: 'POST',
          headers: { 'content-type': 'application/fhir+json' },
          body: acknowledgement(header, url),
        }),
      );
    return { status: 200, body: '' };
  };
  let url = '';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status, body } =
        request.method === 'POST' ? answer(Buffer.concat(chunks).toString(), url) : { status: 404, body: '' };
      response.writeHead(status, { 'content-type': 'application/fhir+json' }).end(body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    url,
    acknowledged: () => Promise.all(sent),
    close: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
};
