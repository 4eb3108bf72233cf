/** What kind of trouble a broker reports, the same words for every driver. */
export type BrokerTrouble =
  /** No such queue: whoever consumes or binds it has to come first. The message is not kept. */
  | 'unroutable'
  /** The broker cannot be reached, or took the message's confirmation with it: it may have arrived, so send it again. */
  | 'unavailable'
  /** The broker was reached and said no: a right that is missing, a message that is too large, a queue of another kind. */
  | 'refused'
  /** `close` has been called. */
  | 'closed'
  /** A mistake of the caller, or in BROKER_URL. */
  | 'misuse';

/** Never repeats BROKER_URL, which may hold a password, nor what a message holds. */
export class BrokerError extends Error {
  readonly trouble: BrokerTrouble;

  constructor(trouble: BrokerTrouble, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'BrokerError';
    this.trouble = trouble;
  }
}

export const brokerClosed = (): BrokerError => new BrokerError('closed', 'The broker was closed');

export const unroutable = (queue: string): BrokerError => new BrokerError('unroutable', `There is no queue "${queue}"`);
