import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  readonly port: number;
  /** What the client sends and contains this word cuts the connection, before or after the server has got it. */
  cut(word: string, when: 'before' | 'after'): void;
  close(): Promise<void>;
}

/** For tests: a way to a server that breaks in the moment that matters. */
export const startCuttingProxy = async (host: string, port: number): Promise<CuttingProxy> => {
  let cutting: { word: string; when: 'before' | 'after' } | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let deaf = false;
    client.on('data', (bytes: Buffer) => {
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
      if (deaf) client.destroy();
      else client.write(bytes);
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
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
