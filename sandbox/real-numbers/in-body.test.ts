import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasValidCheckDigit, isTestNumber, NHS_NUMBER_SYSTEM } from '../nhs-number.ts';
import { type BodyOptions, realNumbersInBody } from './in-body.ts';

/** Valid, outside the test range, and no published example. */
const REAL = '4010232137';
const FORM = 'application/x-www-form-urlencoded';

const named = (body: string | Uint8Array, options?: BodyOptions): boolean =>
  realNumbersInBody(Buffer.from(body), options).length > 0;
const json = (value: unknown): string => JSON.stringify(value);
const identified = (system: string | undefined, value = REAL) => ({ identifier: [{ system, value }] });

/** What it is, the body, and how it came. */
type Row = readonly [string, string | Uint8Array, BodyOptions?];
const table = (rows: readonly Row[]) => rows.map(([what, body, options]) => ({ what, body, options }));

describe('a body that names a number which may be somebody’s', () => {
  it.each(
    table([
      ['as an identifier', json(identified(NHS_NUMBER_SYSTEM))],
      ['as an identifier without a system', json(identified(undefined))],
      ['in one line of many', `${json({ resourceType: 'Basic' })}\n${json(identified(NHS_NUMBER_SYSTEM))}\n`],
      ['in a reference', json({ subject: { reference: `https://example.org/fhir/Patient/${REAL}` } })],
      ['in an address', json({ attachment: { url: `https://example.org/Patient/${REAL}/summary` } })],
      ['in a search', json({ request: { method: 'GET', url: `Patient?identifier=${NHS_NUMBER_SYSTEM}|${REAL}` } })],
      [
        'in a search, encoded',
        json({ criteria: `Patient?identifier=${encodeURIComponent(`${NHS_NUMBER_SYSTEM}|${REAL}`)}` }),
      ],
      ['in criteria', json({ criteria: `eventType=pds-record-change-2 AND nhsnumber='${REAL}'` })],
      ['as a member of that name', json({ filtering: { nhsNumber: REAL } })],
      ['as a member of that name that is a number', json({ nhs_number: Number(REAL) })],
      ['as the subject of an event', json({ specversion: '1.0', subject: REAL })],
      ['as a parameter', json({ resourceType: 'Parameters', parameter: [{ name: 'nhsNumber', valueString: REAL }] })],
      ['in a patch', json([{ op: 'replace', path: '/identifier/0/value', value: REAL }])],
      [
        'in a patch of another API',
        json({ patches: [{ op: 'add', path: '/identifier/-', value: identified(NHS_NUMBER_SYSTEM).identifier[0] }] }),
      ],
      ['in words', json({ text: { div: '<div>NHS number: 401 023 2137</div>' } })],
      [
        'with escapes',
        json(identified(NHS_NUMBER_SYSTEM)).replace(REAL, [...REAL].map((digit) => `\\u003${digit}`).join('')),
      ],
      ['in JSON that is not whole', json(identified(NHS_NUMBER_SYSTEM)).slice(0, -2)],
      [
        'in a form',
        `identifier=${encodeURIComponent(`${NHS_NUMBER_SYSTEM}|${REAL}`)}`,
        { type: `${FORM};charset=utf-8` },
      ],
      ['in a form, digit by digit', `identifier=%3${[...REAL].join('%3')}`, { type: FORM }],
      ['as text', `Seen today: ${REAL}, again on Monday`],
      ['as it is printed', 'Seen today: 401 023 2137'],
      ['as a file’s name', `GP_${REAL}_letter.pdf`],
      ['in a table', `number,name\n"${REAL}",Jo\n`],
      ['glued to its label', `NHSNo${REAL}`],
      [
        'as FHIR XML',
        `<Patient><identifier><system value="${NHS_NUMBER_SYSTEM}"/><value value="${REAL}"/></identifier></Patient>`,
      ],
      ['as HL7 v3', `<id root="2.16.840.1.113883.2.1.4.1" extension="${REAL}"/>`],
      ['as HL7 v2', `MSH|^~\\&|A|B\rPID|1||${REAL}^^^NHS^NH||Somebody`],
      ['in Latin-1', Buffer.from(`Café, about ${REAL}.`, 'latin1')],
      ['in UTF-16', Buffer.from(`About ${REAL}, and more.`, 'utf16le')],
      ['in a part of a message', `"system":"${NHS_NUMBER_SYSTEM}","value":"${REAL}"}],"name":[`, { part: true }],
    ]),
  )('$what', ({ body, options }) => {
    expect(named(body, options)).toBe(true);
  });

  it.each(
    table([
      ['a test number', json(identified(NHS_NUMBER_SYSTEM, '9000000009'))],
      ['the number of another system', json(identified('https://example.org/mrn'))],
      ['an id', json({ resourceType: 'Observation', id: REAL })],
      ['a code', json({ code: { coding: [{ system: 'http://snomed.info/sct', code: REAL }] } })],
      ['a phone number', json({ telecom: [{ system: 'phone', value: REAL }] })],
      ['a decimal', json({ valueQuantity: { value: 0.4010232137 } })],
      ['a decimal in text', `it weighed 0.${REAL} kg`],
      ['an OID', `urn:oid:1.2.${REAL}.7`],
      ['a hash', `sha256:ab${REAL}cd`],
      ['base64', `data: QUJD${REAL}REVG`],
      ['an id cut in two', `${REAL}", "fullUrl": "urn:uuid:`, { part: true }],
      [
        'the number of another system in a part',
        `"system":"https://example.org/mrn","value":"${REAL}"}],"na`,
        { part: true },
      ],
      ['an id in a part', `"resourceType":"Basic","id":"${REAL}","co`, { part: true }],
      [
        'the number of another system in XML',
        `<identifier><system value="https://example.org/mrn"/><value value="${REAL}"/></identifier>`,
      ],
      ['an id in XML', `<Patient><id value="${REAL}"/></Patient>`.replaceAll('Patient', 'Basic')],
      ['the number of another authority', `PID|1||${REAL}^^^RTX^MR||Somebody`],
      ['bytes that are no text', Buffer.concat([Buffer.from([0, 1, 2, 3]), Buffer.from(` ${REAL} `)])],
      ['nothing', ''],
    ]),
  )('is not taken for one where it is $what', ({ body, options }) => {
    expect(named(body, options)).toBe(false);
  });

  it('is never found by chance in what is made at random, whole or cut anywhere', () => {
    const made = (length: number): string =>
      json({
        id: randomUUID(),
        fullUrl: `urn:uuid:${randomUUID()}`,
        hash: randomBytes(32).toString('hex'),
        data: randomBytes(length).toString('base64'),
        at: Date.now() * 1000 + length,
      });
    const property = fc.property(fc.nat(300), fc.nat(600), (length, at) => {
      const text = made(length);
      expect(named(text)).toBe(false);
      expect(named(text.slice(at), { part: true }) || named(text.slice(0, at), { part: true })).toBe(false);
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  it('is found whichever number it is', () => {
    const digits = fc.integer({ min: 100_000_000, max: 899_999_999 });
    const property = fc.property(digits, (nine) => {
      const last = [...'0123456789'].find((digit) => hasValidCheckDigit(`${nine}${digit}`));
      const number = `${nine}${last}`;
      if (last === undefined || isTestNumber(number)) return;
      expect([named(`see ${number}.`), named(json(identified(NHS_NUMBER_SYSTEM, number)))]).toEqual([true, true]);
    });
    fc.assert(property);
  });

  it('is told by its place, and is not repeated', () => {
    const body = json({ resourceType: 'Patient', identifier: [{ system: NHS_NUMBER_SYSTEM, value: REAL }] });
    const faults = realNumbersInBody(Buffer.from(body));
    expect(faults.map(({ at }) => at)).toEqual(['Patient.identifier[0].value']);
    expect(json(faults)).not.toContain(REAL);
    const event = realNumbersInBody(Buffer.from(json({ filtering: { nhsnumber: REAL } })));
    expect(event.map(({ at }) => at)).toEqual(['/filtering/nhsnumber']);
  });

  it('is not looked for without end: what holds more numbers than anybody looks at is refused, or left to who sees the whole', () => {
    const many = '"id":"4010232137",'.repeat(20_000);
    expect([named(many), named(many, { part: true }), named(many.slice(0, -100))]).toEqual([true, false, false]);
  });

  it('is looked for however deep the body goes', () => {
    const deep = `${'['.repeat(100_000)}${json({ nhsNumber: REAL })}${']'.repeat(100_000)}`;
    expect(named(deep)).toBe(true);
  });
});
