import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type Fault, problem, REAL_NHS_NUMBER } from '../problem.ts';
import { realNumbersInBody } from '../real-numbers/in-body.ts';
import { isPart, realNumbersInHead } from '../real-numbers/in-request.ts';
import type { Passage } from './passage.ts';

const unpack = promisify(gunzip);
/** Of what is packed so much is looked into. */
const LOOKED_INTO = 32 * 1024 * 1024;

const NONE: readonly Fault[] = [];

/** Whether the address or a header names a number that may be a real person's: then it is kept out of the journal, whatever becomes of it. */
const headOf = (passage: Passage): readonly Fault[] => {
  const { host, address, headers } = passage;
  if (host.allowRealNhsNumbers || address === undefined) return NONE;
  // Once a request: it is asked before the body is there, and again beside it.
  passage.realInHead ??= realNumbersInHead(address.path, address.search, headers);
  return passage.realInHead;
};

/** Begins to guard what comes in: nothing of it that names a real person is recorded, by whatever it is refused. */
export const concealRealNumbers = (passage: Passage): void => {
  if (headOf(passage).length > 0) passage.conceal();
};

const isPacked = ({ headers, served }: Passage): boolean =>
  served?.dialect.bodies === 'as-sent' && headers['content-encoding']?.trim().toLowerCase() === 'gzip';

const judge = (passage: Passage, body: Buffer): void => {
  const { headers } = passage;
  const inBody =
    body.length === 0 ? NONE : realNumbersInBody(body, { type: headers['content-type'], part: isPart(headers) });
  const faults = [...headOf(passage), ...inBody];
  if (faults.length > 0) throw problem(REAL_NHS_NUMBER, faults);
};

const judgePacked = async (passage: Passage): Promise<void> => {
  const { body } = passage;
  judge(passage, await unpack(body, { maxOutputLength: LOOKED_INTO }).catch(() => body));
};

/**
 * Refuses a request that names a number which may be a real person's, in its address, its headers or its body, whatever it
 * asks for: it stands before every route, and before anything else that may be wrong with it. What can be said at once is not
 * awaited.
 */
export const requireTestNumbers = (passage: Passage): undefined | Promise<void> => {
  if (passage.host.allowRealNhsNumbers) return undefined;
  if (isPacked(passage)) return judgePacked(passage);
  judge(passage, passage.body);
  return undefined;
};
