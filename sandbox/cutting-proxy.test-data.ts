import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  readonly port: number;
  /** What the client sends and contains this word cuts the connection, before or after the server has got it. */
  cut(word: string, when: 'before' | 'after'): void;
  /**
   * What the client sends and contains this word reaches the server, of which that connection then hears nothing more, not even
   * that it ends. Resolves once that is so, with how to let it hear what it missed.
   */
  hush(word: string): Promise<() => void>;
  /** What the server answers and contains this goes on with something that it did not say. */
  add(word: Buffer, more: Buffer): void;
  close(): Promise<void>;
}

/** For tests: a way to a server that breaks, or falls silent, in the moment that matters. */
export const startCuttingProxy = async (host: string, port: number): Promise<CuttingProxy> => {
  let cutting: { word: string; when: 'before' | 'after' } | undefined;
  let hushing: { word: string; done: (speak: () => void) => void } | undefined;
  let adding: { word: Buffer; more: Buffer } | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, host);
    let missed: (() => void)[] | undefined;
    /** Now, or when the client may hear again. */
    const heard = (act: () => void): void => {
      if (missed === undefined) act();
      else missed.push(act);
    };
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    }
    client.once('close', end);
    upstream.once('close', () => heard(end));
    let deaf = false;
    client.on('data', (bytes: Buffer) => {
      if (hushing !== undefined && bytes.includes(hushing.word)) {
        const { done } = hushing;
        hushing = undefined;
        const kept: (() => void)[] = [];
        missed = kept;
        done(() => {
          missed = undefined;
          for (const act of kept) act();
        });
      }
      if (cutting === undefined || !bytes.includes(cutting.word)) {
        upstream.write(bytes);
        return;
      }
      const { when } = cutting;
      cutting = undefined;
      if (when === 'before') {
        client.destroy();
        return;
      }
      // Cut when the server's answer is here: then it has surely carried it out.
      deaf = true;
      upstream.write(bytes);
    });
    upstream.on('data', (bytes: Buffer) => {
      if (deaf) return void client.destroy();
      const more = adding !== undefined && bytes.includes(adding.word) ? adding.more : Buffer.alloc(0);
      if (more.length > 0) adding = undefined;
      heard(() => client.write(Buffer.concat([bytes, more])));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut: (word, when) => {
      cutting = { word, when };
    },
    hush: (word) =>
      new Promise((done) => {
        hushing = { word, done };
      }),
    add: (word, more) => {
      adding = { word, more };
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
