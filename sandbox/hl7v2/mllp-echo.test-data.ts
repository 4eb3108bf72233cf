import { connectRaw, type RawClient } from './hospital.test-data.ts';
import type { Answer } from './mllp-connection.ts';
import { type Frame, frameOf } from './mllp-frames.ts';
import { listenMllp, type MllpOptions } from './mllp-server.ts';

/** What tests open is closed after each, the last first. */
export const createClosing = () => {
  const open: { close(): unknown }[] = [];
  return {
    add: <T extends { close(): unknown }>(one: T): T => {
      open.push(one);
      return one;
    },
    closeAll: async (): Promise<void> => {
      for (const one of open.splice(0).reverse()) await one.close();
    },
  };
};

/** A listener that answers each frame with what it was, and keeps what came. */
export const startEcho = async (closing: ReturnType<typeof createClosing>, options: Partial<MllpOptions> = {}) => {
  const seen: string[] = [];
  const echo = async ({ content, flaw }: Frame): Promise<Answer> => {
    seen.push(`${content.toString().slice(0, 20)}${flaw === undefined ? '' : ` ${flaw}`}`);
    return { wire: frameOf(content) };
  };
  const server = await listenMllp({ host: '127.0.0.1', ports: [0], handle: echo, ...options });
  closing.add({ close: () => server.close(0) });
  const dial = (): RawClient => {
    const client = connectRaw(server.ports[0] ?? 0);
    closing.add({ close: () => client.socket.destroy() });
    return client;
  };
  return { server, seen, dial, port: server.ports[0] ?? 0 };
};
/** A handler that answers only once it is released. */
export const held = () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const handle = async ({ content }: Frame): Promise<Answer> => {
    begun.resolve();
    await promise;
    return { wire: frameOf(content) };
  };
  return { handle, release: resolve, begun: begun.promise };
};
