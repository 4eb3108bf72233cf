import { createHash, createHmac } from 'node:crypto';
import { SHARED_KEY, type TokenParts } from './mesh-token.ts';

/** The password of every mailbox in the public sandbox. */
const PUBLIC_PASSWORD = 'password';

const keyed = (message: string, key: string = SHARED_KEY) => createHmac('sha256', key).update(message);

/** What a hash would be if a mistake had been made that is often made, and what that is. */
const mistakes = ({ mailbox, nonce, count, timestamp }: TokenParts, password: string): readonly [string, string][] => {
  const parts = (secret: string): string => [mailbox, nonce, count, secret, timestamp].join(':');
  const right = parts(password);
  return [
    [keyed(right).digest('base64'), 'It is in base64, and has to be in hex'],
    [
      createHash('sha256').update(right).digest('hex'),
      'It is a plain SHA-256; it has to be an HMAC with the shared key',
    ],
    [keyed(SHARED_KEY, right).digest('hex'), 'Key and message are exchanged: the key is the shared key'],
    [keyed(right, password).digest('hex'), 'The key is the password; it has to be the shared key'],
    [keyed(right, '').digest('hex'), 'The shared key is empty'],
    [
      keyed([mailbox, nonce, count, timestamp, password].join(':')).digest('hex'),
      'The password stands behind the timestamp; the order is mailbox, nonce, count, password, timestamp',
    ],
    [
      keyed([mailbox, nonce, password, timestamp].join(':')).digest('hex'),
      'The nonce count is left out; the order is mailbox, nonce, count, password, timestamp',
    ],
    [
      keyed([mailbox, nonce, count, timestamp].join(':')).digest('hex'),
      'The password is left out; the order is mailbox, nonce, count, password, timestamp',
    ],
    [keyed(right.replaceAll(':', '')).digest('hex'), 'The parts are joined without colons'],
    [keyed(`NHSMESH ${right}`).digest('hex'), 'NHSMESH is hashed along; it only stands before the token'],
    [
      keyed(parts(PUBLIC_PASSWORD)).digest('hex'),
      "The password is that of the public sandbox; here it is the credential of the mailbox's owner",
    ],
    [keyed(parts('')).digest('hex'), 'The password is empty'],
  ];
};

/** Which mistake explains a wrong hash, as far as one does. */
export const mistakeIn = (parts: TokenParts & { readonly hash: string }, password: string): string =>
  mistakes(parts, password).find(([hash]) => hash === parts.hash)?.[1] ??
  'The shared key, the password or one of the parts is another';
