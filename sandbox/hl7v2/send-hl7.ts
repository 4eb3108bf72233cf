import { sandboxNow } from '../clock.ts';
import { exchangeId } from '../exchange-id.ts';
import type { Host } from '../http/host.ts';
import type { ExchangeStart } from '../journal.ts';
import { parseMllpUrl, resolveTarget } from '../outbound-policy.ts';
import { NO_URL } from '../outbound-wire.ts';
import { findParticipant, type LoadedSandbox, loadSandbox, type ParticipantRow } from '../participants.ts';
import { NOT_FOUND, ProblemError, problem, UPSTREAM_FAILED, UPSTREAM_TIMEOUT } from '../problem.ts';
import { modeOf } from './enhanced.ts';
import { Hl7Error } from './hl7-error.ts';
import { type Hl7Message, parseMessage } from './message.ts';
import { MllpError } from './mllp-client.ts';
import { FrameDecoder } from './mllp-frames.ts';
import { linksOf } from './mllp-links.ts';
import type { Acknowledged, Hl7Way, Outcome, OutgoingHl7 } from './port.ts';

const TIMEOUT = 30_000;
const REPLY_MAX = 5 * 1024 * 1024;
const CODES = ['AA', 'AE', 'AR', 'CA', 'CE', 'CR'] as const;

/** A message on its way out. */
interface Sending {
  readonly host: Host;
  readonly way: Hl7Way;
  readonly sandbox: LoadedSandbox;
  readonly receiver: ParticipantRow;
  readonly message: Hl7Message;
  readonly bytes: Buffer;
  readonly timeout: number;
}

const failed = (name: string, why: string) => problem(UPSTREAM_FAILED, `${name} ${why}`);

/** V2-03: only an acknowledgement of this very message is one. */
const judge = ({ message, receiver }: Sending, reply: Uint8Array, exchange: string): Acknowledged => {
  let acknowledgement: Hl7Message;
  try {
    acknowledgement = parseMessage(reply);
  } catch (error) {
    if (!(error instanceof Hl7Error)) throw error;
    throw failed(receiver.name, `answered with something that is no HL7 v2 message: ${error.message}`);
  }
  const code = CODES.find((known) => known === acknowledgement.encoded('MSA-1'));
  if (code === undefined) throw failed(receiver.name, 'answered without an acknowledgement code in MSA-1');
  if (acknowledgement.text('MSA-2') !== message.text('MSH-10'))
    throw failed(receiver.name, 'acknowledged another message: MSA-2 is not the control id that was sent');
  const text = acknowledgement.text('MSA-3');
  return { code, reply, exchange, ...(text === '' ? {} : { text }) };
};

/** Real milliseconds after which silence says what MSH-15 makes of it: that all is well (ER), or that it is not (SU). */
const SILENCE = 2_000;

/** When an acknowledgement comes on this connection: always in original mode, else as MSH-15 asks. */
const acceptOf = (message: Hl7Message) => modeOf(message)?.accept ?? 'AL';

/** What it means that nothing was said. Throws where it means that the message was not accepted, or nothing at all. */
const judgeSilence = ({ message, receiver }: Sending, exchange: string, otherwise: unknown): Acknowledged => {
  const accept = acceptOf(message);
  if (accept === 'NE' || accept === 'ER') return { exchange };
  if (accept === 'SU') throw failed(receiver.name, 'said nothing, which MSH-15 (SU) makes a refusal');
  throw otherwise;
};

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';

const wireProblem = ({ receiver, timeout }: Sending, error: unknown): ProblemError => {
  if (error instanceof ProblemError) return error;
  if (error instanceof MllpError) return failed(receiver.name, error.message);
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return problem(
      UPSTREAM_TIMEOUT,
      `${receiver.name} did not acknowledge within ${timeout} ms; whether it acted is not known`,
    );
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'an unknown error';
  return failed(receiver.name, `cannot be reached: ${code}`);
};

const typeOf = (message: Hl7Message): string =>
  [message.encoded('MSH-9.1'), message.encoded('MSH-9.2')].filter((part) => part !== '').join('^');

const startOf = ({ host, way, sandbox, message, bytes }: Sending, url: string): ExchangeStart => {
  const real = host.now();
  const operation = typeOf(message);
  return {
    id: exchangeId(real),
    sandbox: sandbox.row.id,
    serial: sandbox.row.serial,
    kind: 'mllp',
    at: sandboxNow(sandbox.row, real),
    atReal: real,
    from: way.from,
    to: way.to,
    claimed: false,
    operation,
    summary: `${operation} ${message.text('MSH-10')}`,
    request: { url, headers: {}, body: bytes },
  };
};

/** Real TCP to an external participant, under the policy; recorded before it is sent and completed by what came of it. */
const sendOutside = async (sending: Sending): Promise<Acknowledged> => {
  const { host, way, receiver, message, bytes, timeout } = sending;
  const address = receiver.mllpUrl ?? receiver.url;
  if (address === undefined)
    throw problem(NO_URL, `${receiver.name} is external: set its url before anything is sent to it`, { at: 'url' });
  const url = parseMllpUrl(address);
  const start = startOf(sending, address);
  await host.sql.transaction((tx) => host.journal.begin(tx, start));
  const began = performance.now();
  let body: Uint8Array | undefined;
  const finish = (outcome: string, note?: string): void =>
    host.journal.finish(start, {
      milliseconds: performance.now() - began,
      summary: `${start.summary} ${outcome}`,
      ...(body === undefined ? {} : { reply: { headers: {}, body } }),
      ...(note === undefined ? {} : { note }),
    });
  try {
    const accept = acceptOf(message);
    const signal = AbortSignal.timeout(accept === 'ER' || accept === 'SU' ? Math.min(timeout, SILENCE) : timeout);
    const found = await resolveTarget(url, host);
    const target = { address: found.address, port: Number(url.port) };
    const tls = url.protocol === 'mllps:' ? { tls: { servername: url.hostname } } : {};
    const client = linksOf(host, REPLY_MAX).to(`${start.serial} ${way.from} ${way.to}`, { ...target, ...tls });
    if (accept === 'NE') {
      await client.post(bytes, signal);
      finish('→ no acknowledgement asked for');
      return { exchange: start.id };
    }
    try {
      body = await client.send(bytes, signal);
    } catch (error) {
      if (!isTimeout(error)) throw error;
      const silent = judgeSilence(sending, start.id, error);
      finish('→ nothing said, so accepted (MSH-15 is ER)');
      return silent;
    }
    const acknowledged = judge(sending, body, start.id);
    finish(`→ ${acknowledged.code}`);
    return acknowledged;
  } catch (error) {
    if (error instanceof MllpError && (error.received?.length ?? 0) > 0) body = error.received;
    const failure = wireProblem(sending, error);
    finish('— no acknowledgement', failure.faults.map(({ detail }) => detail).join('; '));
    throw failure;
  }
};

/** What came back on a wire that is none: the same bytes as on one. */
const contentOf = ({ receiver, timeout }: Sending, { wire, close }: Outcome): Buffer => {
  if (wire === undefined) {
    if (close === undefined)
      throw problem(
        UPSTREAM_TIMEOUT,
        `${receiver.name} never acknowledged; over a socket that shows after ${timeout} ms`,
      );
    throw failed(receiver.name, close === 'reset' ? 'broke the connection off' : 'closed the connection');
  }
  const decoder = new FrameDecoder(REPLY_MAX);
  const frame = decoder.push(wire)[0] ?? decoder.end();
  if (frame === undefined || frame.flaw !== undefined) throw failed(receiver.name, 'sent something that is no frame');
  return frame.content;
};

/** To a simulated (or stopped) participant: into our own edge, which records the exchange. */
const sendInside = async (sending: Sending): Promise<Acknowledged> => {
  const { host, way, sandbox, receiver, message, bytes, timeout } = sending;
  const { hl7v2 } = (await host.pattern(sandbox.row.pattern)).app;
  if (hl7v2 === undefined) throw failed(receiver.name, 'receives no HL7 v2');
  const exchange = exchangeId(host.now());
  const signal = AbortSignal.timeout(timeout);
  try {
    const outcome = await Promise.race([
      hl7v2.deliver(host, {
        sandbox,
        participant: receiver,
        url: `mllp://${receiver.name}`,
        frame: { content: bytes },
        sender: { participant: way.from, exchange },
      }),
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
    ]);
    if (outcome.wire === undefined && outcome.close === undefined && acceptOf(message) !== 'AL')
      return judgeSilence(sending, exchange, undefined);
    return judge(sending, contentOf(sending, outcome), exchange);
  } catch (error) {
    throw wireProblem(sending, error);
  }
};

/** Sends a message as one participant to another of the same sandbox, and waits for its acknowledgement; recorded once. */
export const sendHl7 = async (host: Host, way: Hl7Way, outgoing: OutgoingHl7): Promise<Acknowledged> => {
  const sandbox = await loadSandbox(host.sql, way.sandbox);
  const receiver = sandbox && findParticipant(sandbox, way.to);
  if (sandbox === undefined || receiver === undefined)
    throw problem(NOT_FOUND, `There is no participant ${JSON.stringify(way.to)} in the sandbox ${way.sandbox}`);
  const message = parseMessage(outgoing.message);
  const bytes = message.toBytes();
  const sending = { host, way, sandbox, receiver, message, bytes, timeout: outgoing.timeout ?? TIMEOUT };
  return receiver.mode === 'external' ? sendOutside(sending) : sendInside(sending);
};
