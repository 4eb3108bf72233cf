import { BrokerError } from './error.ts';
import type { BrokerMessage, ConsumeOptions } from './port.ts';

/** What one driver's server takes and another's does not is refused by all, so that changing BROKER_URL breaks nothing. */
const NAME = /^[a-z][a-z0-9.-]*$/;
/** RabbitMQ takes 255 bytes, of which a driver's prefix needs some. */
const LONGEST_NAME = 200;
/** AMQP 0-9-1 "shortstr", in bytes. */
const LONGEST_ID = 255;
/** AMQP 0-9-1 basic.qos counts in 16 bits. */
const MOST_AT_ONCE = 65_535;
const DEFAULT_PREFETCH = 16;

/** Returns the name of a queue or a topic, or throws. */
export const checkName = (what: 'queue' | 'topic', name: string): string => {
  if (NAME.test(name) && name.length <= LONGEST_NAME) return name;
  const shown = JSON.stringify(name.slice(0, 60));
  throw new BrokerError(
    'misuse',
    `${shown} is no name of a ${what}: a small letter, then small letters, digits, "." and "-", ${LONGEST_NAME} at most`,
  );
};

export const checkMessage = (message: BrokerMessage): BrokerMessage => {
  if (message.id !== '' && Buffer.byteLength(message.id) <= LONGEST_ID) return message;
  throw new BrokerError('misuse', `A message needs an id of 1 to ${LONGEST_ID} bytes`);
};

export const prefetchOf = ({ prefetch = DEFAULT_PREFETCH }: ConsumeOptions = {}): number => {
  if (Number.isInteger(prefetch) && prefetch >= 1 && prefetch <= MOST_AT_ONCE) return prefetch;
  throw new BrokerError('misuse', `A prefetch is a whole number from 1 to ${MOST_AT_ONCE}`);
};
