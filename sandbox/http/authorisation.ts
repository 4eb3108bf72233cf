import { answerAuthorisation as answer, operationOf } from '../auth/answer.ts';
import { AUTHORISATION } from '../auth/mode.ts';
import type { LoadedSandbox } from '../participants.ts';
import type { Reply } from '../pattern.ts';
import { type Address, checkAddress } from './address.ts';
import { readBody } from './body.ts';
import type { Passage } from './passage.ts';
import { requireTestNumbers } from './real-number-guard.ts';

/** Bytes; a form with an assertion has about two thousand. */
const FORM_MAX = 65_536;

/** What comes to `/{sandbox}/oauth2/…`: no participant is called, but the sandbox itself. Recorded like any other exchange. */
export const answerAuthorisation = async (
  passage: Passage,
  sandbox: LoadedSandbox,
  address: Address,
): Promise<Reply> => {
  passage.to = AUTHORISATION;
  passage.operationId = operationOf(passage.method, address.path);
  checkAddress(address);
  passage.body = await readBody(passage.request, FORM_MAX);
  await requireTestNumbers(passage);
  const { host, method, headers, body, id: exchange, recording } = passage;
  const { path, search } = address;
  const from = (participant: string, proven: boolean): void => {
    passage.from = { participant, claimed: !proven };
  };
  const note = (text: string): void => {
    passage.note = text;
  };
  // Not in the reply's headers, which the journal has.
  const cookies = (lines: readonly string[]): void => {
    passage.response.setHeader('set-cookie', lines);
  };
  return answer({ host, sandbox, method, path, search, headers, body, exchange, recording, from, note, cookies });
};
