import { BrokerError } from './error.ts';

export interface BrokerAddress {
  /** As given, without what is ours. */
  readonly url: URL;
  /** What all that we make on the server is named after, so that one server can serve several installations. */
  readonly prefix: string;
}

const PREFIX = 'integration';

/** Reads `amqp://user:password@host/vhost?prefix=name` and the like; refusals do not repeat it. */
export const readAddress = (text: string): BrokerAddress => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '') throw new BrokerError('misuse', 'BROKER_URL is no URL with a host');
  const prefix = url.searchParams.get('prefix') ?? PREFIX;
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(prefix)) {
    throw new BrokerError(
      'misuse',
      'BROKER_URL: a prefix is a small letter, then small letters, digits and "-", 40 at most',
    );
  }
  url.searchParams.delete('prefix');
  return { url, prefix };
};
