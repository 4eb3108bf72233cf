import { createHmac } from 'node:crypto';

/**
 * Ours: neither FHIR nor MNS signs what it delivers. The shared secret is the credential that the receiver has in the sandbox;
 * what is signed is the time (seconds since the epoch, real time), a full stop, and the bytes of the body. A receiver
 * computes the same, compares in constant time, and refuses what is older than it likes.
 */
export const signatureOf = (secret: string, timestamp: string, body: Uint8Array): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;

export const signatureHeaders = (secret: string, realNow: number, body: Uint8Array): Record<string, string> => {
  const timestamp = String(Math.floor(realNow / 1_000));
  return { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': signatureOf(secret, timestamp, body) };
};
