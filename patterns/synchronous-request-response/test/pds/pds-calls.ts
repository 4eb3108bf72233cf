import { randomUUID } from 'node:crypto';
import { type Answered, call, type Served } from '../served.ts';

export interface Sent {
  readonly id?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A header that is left out. */
  readonly without?: string;
}

/** One sandbox in the dialect pds, at version 2 of 9000000009. */
export interface PdsCalls {
  readonly base: string;
  get(id: string): Promise<Answered>;
  send(body: unknown, sent?: Sent): Promise<Answered>;
  patch(patches: readonly object[], sent?: Sent): Promise<Answered>;
}

/** A fresh sandbox, so that whoever asks begins with the same records. */
export const openPds = async (served: Served): Promise<PdsCalls> => {
  const base = `${await served.open(`p-${randomUUID()}`, { dialect: 'pds', seed: 1, people: 0 })}/provider/FHIR/R4`;
  const send: PdsCalls['send'] = (body, { id = '9000000009', headers = {}, without } = {}) => {
    const all = {
      'x-request-id': randomUUID(),
      'if-match': 'W/"2"',
      'content-type': 'application/json-patch+json',
      ...headers,
    };
    return call(`${base}/Patient/${id}`, {
      method: 'PATCH',
      headers: Object.fromEntries(Object.entries(all).filter(([name]) => name !== without)),
      body,
    });
  };
  return {
    base,
    get: (id) => call(`${base}/Patient/${id}`, { headers: { 'x-request-id': randomUUID() } }),
    send,
    patch: (patches, sent) => send({ patches }, sent),
  };
};

export const codeOf = ({ body }: Answered): unknown =>
  // An OperationOutcome of ours, or the test that asks fails.
  (body as fhir4.OperationOutcome).issue[0]?.details?.coding?.[0]?.code;

export const GENDER = [{ op: 'replace', path: '/gender', value: 'unknown' }];
