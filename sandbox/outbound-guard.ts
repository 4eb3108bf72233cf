import type { Host } from './http/host.ts';
import type { Half } from './journal.ts';
import { findNhsNumbers, judgeBareNumber, numberOfReference } from './nhs-number.ts';
import { realNumbersIn } from './nhs-number-query.ts';
import type { HttpReply } from './outbound-http.ts';
import type { Wire } from './outbound-wire.ts';
import { type Fault, problem, REAL_NHS_NUMBER } from './problem.ts';

type Guard = Pick<Host, 'allowRealNhsNumbers'>;

const realNumbersOf = (body: Buffer, contentType: string | undefined): Fault[] => {
  if (body.length === 0 || contentType?.includes('json') !== true) return [];
  try {
    const found = findNhsNumbers(JSON.parse(body.toString('utf8')), false, 'body');
    return found.flatMap(({ kind, fault }) => (kind === 'real' ? [fault] : []));
  } catch {
    // What is no JSON is for the receiver to refuse.
    return [];
  }
};

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

/** Before anything is recorded or sent: what somebody typed into an act must not look a real person up elsewhere. */
export const requireTestRequest = ({ allowRealNhsNumbers }: Guard, { path, body, headers }: Wire): void => {
  if (allowRealNhsNumbers) return;
  const [before = '', query = ''] = path.split(/\?(.*)/s);
  const named = judgeBareNumber(numberOfReference(decoded(before)) ?? '', false, 'path');
  const faults = [
    ...(named === undefined ? [] : [named.fault]),
    ...realNumbersIn(new URLSearchParams(query)),
    ...realNumbersOf(body, headers['content-type']),
  ];
  if (faults.length > 0) throw problem(REAL_NHS_NUMBER, faults);
};

const CONCEALED = "The reply's body was not kept: it names a number that may be a real person's";

/** What the journal keeps of an external system's reply. */
export const keptReply = (
  { allowRealNhsNumbers }: Guard,
  reply: HttpReply,
): { readonly reply: Half; readonly note?: string } => {
  if (allowRealNhsNumbers || realNumbersOf(reply.body, reply.headers['content-type']).length === 0) return { reply };
  return { reply: { ...reply, body: Buffer.alloc(0) }, note: CONCEALED };
};
