import { lookup } from 'node:dns/promises';
import { messageIn } from '../../sandbox/conformance/hl7-evidence.ts';
import { modeOf } from '../../sandbox/hl7v2/enhanced.ts';
import { MllpClient, type MllpTarget } from '../../sandbox/hl7v2/mllp-client.ts';
import { type Frame, frameOf } from '../../sandbox/hl7v2/mllp-frames.ts';
import { listenMllp } from '../../sandbox/hl7v2/mllp-server.ts';
import { parseMllpUrl } from '../../sandbox/outbound-policy.ts';
import type { HttpProxyOptions } from './http-proxy.ts';
import { type Passing, Piece } from './record.ts';
import type { RunningProxy } from './stand-between.ts';

const targetOf = async (upstream: string): Promise<MllpTarget> => {
  const { hostname, port, protocol } = parseMllpUrl(upstream);
  const host = hostname.replace(/^\[|\]$/g, '');
  const { address } = await lookup(host);
  return { address, port: Number(port), ...(protocol === 'mllps:' ? { tls: { servername: host } } : {}) };
};

const passing = (bytes: Buffer): Passing => {
  const piece = new Piece();
  piece.add(bytes);
  return { headers: {}, body: piece.body, size: piece.size };
};

/**
 * Stands between two systems over MLLP. Frames are handed on one after another with the bytes that they have; what comes back
 * goes back as it is. A message that asks for no acknowledgement (MSH-15 NE, or one that is an acknowledgement) is not waited
 * for. What is no whole frame is not handed on: the connection is closed.
 */
export const startMllpProxy = async (options: HttpProxyOptions): Promise<RunningProxy> => {
  const { upstream, record, from, to, timeout } = options;
  const target = await targetOf(upstream);
  let link: MllpClient | undefined;
  const connected = (): MllpClient => {
    if (link?.usable !== true) link = new MllpClient(target);
    return link;
  };

  const exchange = async (content: Buffer): Promise<{ reply?: Buffer; note?: string }> => {
    const message = messageIn(content.toString('latin1'));
    const mode = message === undefined ? undefined : modeOf(message);
    const isSilent = message !== undefined && (message.count('MSA') > 0 || mode?.accept === 'NE');
    const signal = AbortSignal.timeout(timeout);
    try {
      if (!isSilent) return { reply: await connected().send(content, signal) };
      await connected().post(content, signal);
      return {};
    } catch (error) {
      return { note: `${upstream} ${error instanceof Error ? error.message : String(error)}` };
    }
  };

  const handle = async (frame: Frame) => {
    const { content, flaw } = frame;
    const began = Date.now();
    const message = messageIn(content.toString('latin1'));
    const type =
      message === undefined
        ? ''
        : [message.encoded('MSH-9.1'), message.encoded('MSH-9.2')].filter((part) => part !== '').join('^');
    const passed = { kind: 'mllp', from, to, began, method: type, url: upstream, request: passing(content) } as const;
    if (flaw !== undefined) {
      record.add({ ...passed, ended: Date.now(), noReply: 'dropped', note: `What came is no whole frame (${flaw})` });
      return { close: 'end' } as const;
    }
    const { reply, note } = await exchange(content);
    record.add({
      ...passed,
      ended: Date.now(),
      ...(reply === undefined ? { noReply: 'dropped' as const } : { reply: { status: 0, ...passing(reply) } }),
      ...(note === undefined ? {} : { note }),
    });
    if (reply !== undefined) return { wire: frameOf(reply) };
    return note === undefined ? {} : ({ close: 'end' } as const);
  };

  const server = await listenMllp({ host: options.host, ports: [options.port], handle });
  const [refused] = server.refused;
  if (refused !== undefined) {
    await server.close();
    throw new Error(`Port ${refused.port} cannot be listened on: ${refused.why}`);
  }
  return {
    url: `mllp://${options.host.includes(':') ? `[${options.host}]` : options.host}:${server.ports[0]}`,
    close: async () => {
      await server.close(0);
      link?.close();
    },
  };
};
