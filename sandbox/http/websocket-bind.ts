import type { WebSocket } from 'ws';

const BIND = /^bind :?([A-Za-z0-9.-]{1,64})$/;
/** One that binds without end is no client of ours. */
const BOUND_MAX = 50;
/** RFC 6455 7.4.1: the message is against the rules of this endpoint. */
const POLICY = 1008;

/** The URI template of what can be bound at a stream: `Link-Template: "subscriptions/{id}/stream"; rel="bind"` (RFC 9652). */
export const bindTemplate = (header: unknown): string | undefined =>
  typeof header === 'string' ? /^"([^"]+)"; rel="bind"$/.exec(header)?.[1] : undefined;

/**
 * FHIR R4 subscription.html, websocket: a client binds a Subscription by its id, is answered `bound`, and is pinged by that id
 * whenever there is something. `follow` gives the stream at an address, once it is one.
 */
export const acceptBinding = (
  socket: WebSocket,
  follow: (id: string) => Promise<AsyncIterable<unknown> | undefined>,
): void => {
  let bound = 0;
  const bind = async (text: string): Promise<void> => {
    const id = BIND.exec(text.trim())?.[1];
    if (id === undefined) return socket.close(POLICY, 'What can be said here is bind and the id of a Subscription');
    bound += 1;
    const stream = bound > BOUND_MAX ? undefined : await follow(id);
    if (stream === undefined) return socket.close(POLICY, `There is nothing to bind by the id ${id}`);
    socket.send(`bound ${id}`);
    for await (const chunk of stream)
      for (const part of String(chunk).split('\n\n'))
        if (/^event: notification$/m.test(part)) socket.send(`ping ${id}`);
  };
  socket.on('message', (data) => {
    bind(String(data)).catch(() => socket.terminate());
  });
};
