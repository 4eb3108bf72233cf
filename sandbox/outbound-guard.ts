import type { Host } from './http/host.ts';
import type { Half } from './journal.ts';
import type { HttpReply } from './outbound-http.ts';
import type { Wire } from './outbound-wire.ts';
import { problem, REAL_NHS_NUMBER } from './problem.ts';
import { realNumbersInBody } from './real-numbers/in-body.ts';
import { isPart, realNumbersInHead } from './real-numbers/in-request.ts';

type Guard = Pick<Host, 'allowRealNhsNumbers'>;

/** Before anything is recorded or sent: what somebody typed into an act must not look a real person up elsewhere. */
export const requireTestRequest = ({ allowRealNhsNumbers }: Guard, { path, body, headers }: Wire): void => {
  if (allowRealNhsNumbers) return;
  const [before = '', query = ''] = path.split(/\?(.*)/s);
  const faults = [
    ...realNumbersInHead(before, query, headers),
    ...realNumbersInBody(body, { type: headers['content-type'], part: isPart(headers) }),
  ];
  if (faults.length > 0) throw problem(REAL_NHS_NUMBER, faults);
};

const CONCEALED = "The reply's body was not kept: it names a number that may be a real person's";

/** What the journal keeps of an external system's reply. */
export const keptReply = (
  { allowRealNhsNumbers }: Guard,
  reply: HttpReply,
): { readonly reply: Half; readonly note?: string } => {
  if (allowRealNhsNumbers || realNumbersInBody(reply.body, { type: reply.headers['content-type'] }).length === 0)
    return { reply };
  return { reply: { ...reply, body: Buffer.alloc(0) }, note: CONCEALED };
};
