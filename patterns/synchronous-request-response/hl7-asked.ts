import { Hl7Error } from '../../sandbox/hl7v2/hl7-error.ts';
import type { Hl7Message } from '../../sandbox/hl7v2/message.ts';
import { hasValidCheckDigit, judgeNhsNumber, NHS_NUMBER_SYSTEM } from '../../sandbox/nhs-number.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { ProblemError, REAL_NHS_NUMBER } from '../../sandbox/problem.ts';

/** What is looked for, as a FHIR search; how many answers are wanted at most, and how many came before. */
export interface Asked {
  readonly query: URLSearchParams;
  readonly most: number;
  readonly from: number;
}

/** A page of answers, where the query does not say. */
const MOST = 50;

const wrong = (why: string, segment: string, field: number, condition: 101 | 102 | 103 | 204 = 102): Hl7Error =>
  new Hl7Error(why, { condition, at: { segment, field } });

const escaped = (text: string): string => text.replace(/[\\$,|]/g, '\\$&');

/** An identifier as a search token. A bare number of ten digits that checks is an NHS number, as `NH` and `NHS` say of others. */
const token = (ctx: Ctx, value: string, says: string, at: string): string => {
  const isNhs = says === 'NH' || says === 'NHS' || (says === '' && hasValidCheckDigit(value));
  if (!isNhs) return escaped(value);
  const finding = judgeNhsNumber(value, ctx.allowRealNhsNumbers, at);
  if (finding?.kind === 'real') throw new ProblemError(REAL_NHS_NUMBER, [finding.fault]);
  return `${NHS_NUMBER_SYSTEM}|${escaped(value)}`;
};

/** `10^RD`: ten records; what counts anything else is left to us. */
const limit = (message: Hl7Message, path: string): number => {
  const given = Number.parseInt(message.text(`${path}.1`), 10);
  return given > 0 && ['', 'RD'].includes(message.text(`${path}.2`)) ? Math.min(given, MOST) : MOST;
};

/** DSC-1, as an answer gave it: how many came before. Nothing is kept for it; the query says the rest again. */
const before = (message: Hl7Message): number => {
  if (message.count('DSC') === 0) return 0;
  const said = message.text('DSC-1');
  if (!/^[1-9]\d{0,3}$/.test(said))
    throw wrong('DSC-1 is not what an answer of this provider ends with', 'DSC', 1, 204);
  return Number(said);
};

/**
 * QRD of v2.4, as QRY^A19 and QRY^R02 have it: whom (QRD-8, by NHS number where QRD-8.13 is NH or QRD-8.9 is NHS) and what
 * (QRD-9). Throws Hl7Error.
 */
export const askedByQrd = (ctx: Ctx, message: Hl7Message, what: 'DEM' | 'RES'): Asked => {
  if (message.count('QRD') === 0) throw wrong('There is no QRD, which says what is asked', 'QRD', 1, 101);
  if (message.text('QRD-2') === 'D' || message.text('QRD-3') === 'D')
    throw wrong('Only queries for an immediate answer (QRD-3 I) are answered here', 'QRD', 3);
  if (message.text('QRD-9.1') !== what)
    throw wrong(
      `This query is answered with ${what}: QRD-9 says ${message.text('QRD-9.1') || 'nothing'}`,
      'QRD',
      9,
      103,
    );
  const number = message.text('QRD-8.1').replaceAll(' ', '');
  if (number === '') throw wrong('QRD-8 is empty: whom is it about?', 'QRD', 8, 101);
  const says = message.text('QRD-8.13') || message.text('QRD-8.9');
  return {
    query: new URLSearchParams({ identifier: token(ctx, number, says, 'QRD-8.1') }),
    most: limit(message, 'QRD-7'),
    from: before(message),
  };
};

const date = (text: string): string =>
  text.replace(/^(\d{4})(\d{2})?(\d{2})?.*$/, (_, year, month, day) =>
    [year, month, day].filter((part) => part !== undefined).join('-'),
  );
const SEX: Readonly<Record<string, string>> = {
  '1': 'male',
  M: 'male',
  '2': 'female',
  F: 'female',
  '9': 'other',
  O: 'other',
};

/** What QPD-3 may name (IHE PDQ), each as a FHIR search parameter. */
const PARAMETERS: Readonly<Record<string, (value: string) => readonly [string, string]>> = {
  '@PID.5.1': (value) => ['family', escaped(value)],
  '@PID.5.1.1': (value) => ['family', escaped(value)],
  '@PID.5.2': (value) => ['given', escaped(value)],
  '@PID.7': (value) => ['birthdate', date(value)],
  '@PID.7.1': (value) => ['birthdate', date(value)],
  '@PID.8': (value) => ['gender', SEX[value] ?? 'unknown'],
  '@PID.11.3': (value) => ['address-city', escaped(value)],
  '@PID.11.5': (value) => ['address-postalcode', escaped(value)],
};

/** QPD of v2.5, as QBP^Q22 has it (IHE Patient Demographics Query): a field of PID and its value, each a repetition of QPD-3. */
export const askedByQpd = (ctx: Ctx, message: Hl7Message): Asked => {
  if (message.count('QPD') === 0) throw wrong('There is no QPD, which says what is asked', 'QPD', 1, 101);
  const given = Array.from({ length: message.count('QPD-3') }, (_, index) => `QPD-3[${index + 1}]`);
  const value = (name: string): string => {
    const found = given.find((path) => message.text(`${path}.1`) === name);
    return found === undefined ? '' : message.text(`${found}.2`);
  };
  const query = new URLSearchParams();
  for (const path of given) {
    const [name, said] = [message.text(`${path}.1`), message.text(`${path}.2`)];
    // Who gave a number, and its type, say more of the number.
    if (said === '' || /^@PID\.3\.[45](?:\.|$)/.test(name)) continue;
    if (name === '@PID.3.1') {
      const says = value('@PID.3.4') || value('@PID.3.4.1') || value('@PID.3.5');
      query.append('identifier', token(ctx, said, says, 'QPD-3'));
      continue;
    }
    const parameter = PARAMETERS[name];
    if (parameter === undefined)
      throw wrong(
        `Nobody is found by ${name} here; ${Object.keys(PARAMETERS).join(', ')} and @PID.3 are`,
        'QPD',
        3,
        103,
      );
    query.append(...parameter(said));
  }
  if ([...query].length === 0) throw wrong('QPD-3 is empty: who is looked for?', 'QPD', 3, 101);
  return { query, most: limit(message, 'RCP-2'), from: before(message) };
};
