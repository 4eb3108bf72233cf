import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { problem, REAL_NHS_NUMBER } from '../problem.ts';
import { realNumbersInBody } from '../real-numbers/in-body.ts';
import { isPart, realNumbersInHead } from '../real-numbers/in-request.ts';
import type { Passage } from './passage.ts';

const unpack = promisify(gunzip);
/** Of what is packed so much is looked into. */
const LOOKED_INTO = 32 * 1024 * 1024;

/** Whether the address or a header names a number that may be a real person's: then it is kept out of the journal, whatever becomes of it. */
const headOf = ({ host, address, headers }: Passage) =>
  host.allowRealNhsNumbers || address === undefined ? [] : realNumbersInHead(address.path, address.search, headers);

/** Begins to guard what comes in: nothing of it that names a real person is recorded, by whatever it is refused. */
export const concealRealNumbers = (passage: Passage): void => {
  if (headOf(passage).length > 0) passage.conceal();
};

const plainBody = async ({ headers, body }: Passage): Promise<Buffer> =>
  headers['content-encoding']?.trim().toLowerCase() === 'gzip'
    ? unpack(body, { maxOutputLength: LOOKED_INTO }).catch(() => body)
    : body;

/**
 * Refuses a request that names a number which may be a real person's, in its address, its headers or its body, whatever it
 * asks for: it stands before every route, and before anything else that may be wrong with it.
 */
export const requireTestNumbers = async (passage: Passage): Promise<void> => {
  const { host, headers } = passage;
  if (host.allowRealNhsNumbers) return;
  const body = passage.served?.dialect.bodies === 'as-sent' ? await plainBody(passage) : passage.body;
  const faults = [
    ...headOf(passage),
    ...realNumbersInBody(body, { type: headers['content-type'], part: isPart(headers) }),
  ];
  if (faults.length > 0) throw problem(REAL_NHS_NUMBER, faults);
};
