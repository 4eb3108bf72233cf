import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { acknowledge } from '../../sandbox/hl7v2/acknowledge.ts';
import { newControlId } from '../../sandbox/hl7v2/control-id.ts';
import { Hl7Error } from '../../sandbox/hl7v2/hl7-error.ts';
import { type Hl7Message, parseMessage } from '../../sandbox/hl7v2/message.ts';
import { MllpClient, MllpError } from '../../sandbox/hl7v2/mllp-client.ts';
import { type Frame, frameOf } from '../../sandbox/hl7v2/mllp-frames.ts';
import { listenMllp } from '../../sandbox/hl7v2/mllp-server.ts';
import { InputError } from './hl7-input.ts';
import { parsedText } from './hl7-text.ts';

interface Target {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

/** `mllp://host:port`, `mllps://…`, or `host:port`. */
export const parseTarget = (text: string): Target => {
  const url = URL.parse(/^mllps?:\/\//.test(text) ? text : `mllp://${text}`);
  const port = Number(url?.port);
  if (url === null || url.hostname === '' || !(port >= 1 && port <= 65_535))
    throw new InputError(`${text} is no address; one looks like mllp://127.0.0.1:2601`);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port, isTls: url.protocol === 'mllps:' };
};

/** The acknowledgement as one line: its code, and what it says. */
const verdict = (sent: Hl7Message, reply: Buffer): { readonly line: string; readonly isGood: boolean } => {
  const answer = parseMessage(reply);
  const code = answer.text('MSA-1');
  const isOurs = answer.text('MSA-2') === sent.text('MSH-10');
  const said = [answer.text('MSA-3'), answer.text('ERR-8')].filter((text) => text !== '').join(' ');
  const why = isOurs ? said : `MSA-2 is ${JSON.stringify(answer.text('MSA-2'))}, which was not sent`;
  return {
    line: `${sent.text('MSH-10')} ${code}${why === '' ? '' : ` ${why}`}`,
    isGood: isOurs && /^[AC]A$/.test(code),
  };
};

/** Sends messages one after another on one connection. Resolves with whether each was accepted. */
export const sendAll = async (
  messages: readonly Hl7Message[],
  target: Target,
  timeout: number,
  print: (line: string, reply: Buffer) => void,
): Promise<boolean> => {
  const address = isIP(target.host) === 0 ? (await lookup(target.host)).address : target.host;
  const tls = target.isTls ? { tls: { servername: target.host } } : {};
  const client = new MllpClient({ address, port: target.port, ...tls });
  try {
    let isGood = true;
    for (const message of messages) {
      const reply = await client.send(message.toBytes(), AbortSignal.timeout(timeout));
      const said = verdict(message, reply);
      print(said.line, reply);
      isGood &&= said.isGood;
    }
    return isGood;
  } catch (error) {
    if (error instanceof MllpError) throw new InputError(`${target.host}:${target.port} ${error.message}`);
    if (error instanceof Hl7Error)
      throw new InputError(`${target.host}:${target.port} answered with no message. ${error.message}`);
    if (error instanceof DOMException && error.name === 'TimeoutError')
      throw new InputError(`${target.host}:${target.port} did not acknowledge within ${timeout} ms`);
    throw error;
  } finally {
    client.close();
  }
};

const answerTo = (frame: Frame, code: 'AA' | 'AE' | 'AR', show: (message: Hl7Message) => void): Buffer | undefined => {
  try {
    const message = parseMessage(frame.content);
    show(message);
    const isAcknowledgement = message.names().includes('MSA');
    if (isAcknowledgement) return undefined;
    const reply = acknowledge(message, { code, controlId: newControlId(), now: Date.now() });
    return frameOf(reply.toBytes());
  } catch (error) {
    if (!(error instanceof Hl7Error)) throw error;
    console.error(`What came is no HL7 v2 message: ${error.message}`);
    return undefined;
  }
};

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly code: 'AA' | 'AE' | 'AR';
  readonly format: 'values' | 'er7';
  /** Ends after so many messages. */
  readonly count?: number;
}

/** Prints what arrives and acknowledges it in original mode, until it is stopped. Nothing is kept. */
export const listen = async (options: ListenOptions): Promise<void> => {
  const stop = new AbortController();
  let left = options.count ?? Number.POSITIVE_INFINITY;
  const show = (message: Hl7Message): void => {
    const er7 = `${message.lines().join('\n')}\n`;
    process.stdout.write(options.format === 'er7' ? er7 : parsedText(message));
    process.stdout.write('\n');
  };
  const server = await listenMllp({
    host: options.host,
    ports: [options.port],
    handle: async (frame) => {
      const wire = frame.flaw === undefined ? answerTo(frame, options.code, show) : undefined;
      left -= 1;
      if (left <= 0) setImmediate(() => stop.abort());
      return wire === undefined ? {} : { wire };
    },
  });
  const [refused] = server.refused;
  if (refused !== undefined) {
    await server.close();
    throw new InputError(`Port ${refused.port} cannot be listened on: ${refused.why}`);
  }
  console.error(`listening on mllp://${options.host}:${server.ports[0]}, answering ${options.code}`);
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
  await server.close();
};
