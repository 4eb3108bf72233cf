import type { Consumer } from '../../sandbox/pattern.ts';

/** The queue that a subscriber has for itself; on RabbitMQ another system can have it. */
export const collecting: Omit<Consumer, 'handle'> = { participant: 'subscriber', outside: true };
