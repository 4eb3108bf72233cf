import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, serve } from '../served.ts';
import { codeOf, GENDER, openPds, type PdsCalls } from './pds-calls.ts';

let served: Served;
let pds: PdsCalls;
beforeAll(async () => {
  served = await serve(() => Date.UTC(2026, 10, 22, 12));
  pds = await openPds(served);
});
afterAll(() => served.close());

describe('PDS refuses a patch', () => {
  const remove = { op: 'remove', path: '/telecom/1' };
  const name = (more: object) => ({
    op: 'add',
    path: '/name/-',
    value: { use: 'maiden', family: 'Smith', given: ['J'], ...more },
  });
  const death = (code: string) => ({
    op: 'add',
    path: '/extension/-',
    value: {
      url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeathNotificationStatus',
      extension: [{ url: 'deathNotificationStatus', valueCodeableConcept: { coding: [{ code }] } }],
    },
  });
  it.each([
    [
      'an operation that PDS does not know',
      [{ op: 'move', from: '/gender', path: '/birthDate' }],
      400,
      'INVALID_VALUE',
    ],
    ['an operation that nobody knows', [{ op: 'alter', path: '/gender' }], 400, 'INVALID_VALUE'],
    ['a path that is none', [{ op: 'remove', path: 'gender' }], 400, 'INVALID_VALUE'],
    ['no value', [{ op: 'add', path: '/gender' }], 400, 'MISSING_VALUE'],
    ['an element that Patient does not have', [{ op: 'add', path: '/pets', value: [] }], 400, 'ADDITIONAL_PROPERTIES'],
    ['the NHS number', [{ op: 'replace', path: '/identifier/0/value', value: '9000000017' }], 403, 'FORBIDDEN_UPDATE'],
    ['meta', [{ op: 'replace', path: '/meta/versionId', value: '7' }], 403, 'FORBIDDEN_UPDATE'],
    ['a removal without a test', [remove], 400, 'INVALID_UPDATE'],
    [
      'a removal whose test is of another item',
      [{ op: 'test', path: '/telecom/0/id', value: '789' }, remove],
      400,
      'INVALID_UPDATE',
    ],
    [
      'a removal whose test comes too early',
      [{ op: 'test', path: '/telecom/1/id', value: '790' }, ...GENDER, remove],
      400,
      'INVALID_UPDATE',
    ],
    ['a removal whose test fails', [{ op: 'test', path: '/telecom/1/id', value: '1' }, remove], 400, 'INVALID_UPDATE'],
    [
      'an item added at a place of its own',
      [{ op: 'add', path: '/name/0', value: { use: 'maiden' } }],
      400,
      'INVALID_UPDATE',
    ],
    ['a whole list', [{ op: 'replace', path: '/name', value: [] }], 400, 'INVALID_UPDATE'],
    [
      'part of an item without its id',
      [{ op: 'replace', path: '/name/0/family', value: 'Jones' }],
      400,
      'INVALID_UPDATE',
    ],
    [
      'part of an item with another id',
      [
        { op: 'replace', path: '/name/0/id', value: '9' },
        { op: 'replace', path: '/name/0/family', value: 'Jones' },
      ],
      400,
      'INVALID_UPDATE',
    ],
    ['an item that is not there', [{ op: 'replace', path: '/address/7/id', value: '456' }], 400, 'INVALID_UPDATE'],
    ['a second usual name', [name({ use: 'usual' })], 403, 'FORBIDDEN_UPDATE'],
    [
      'no usual name',
      [
        { op: 'test', path: '/name/0/id', value: '123' },
        { op: 'remove', path: '/name/0' },
      ],
      403,
      'FORBIDDEN_UPDATE',
    ],
    ['a name in letters that PDS does not take', [name({ family: 'Иванов' })], 400, 'UNSUPPORTED_CHARACTERS_IN_FIELD'],
    ['a suffix that begins with a small letter', [name({ suffix: ['phd'] })], 400, 'INVALID_VALUE'],
    ['a period that begins tomorrow', [name({ period: { start: '2026-11-23' } })], 400, 'INVALID_UPDATE'],
    [
      'a period that ends before it begins',
      [name({ period: { start: '2020-02-01', end: '2020-01-01' } })],
      400,
      'INVALID_UPDATE',
    ],
    ['a period without a beginning', [name({ period: { end: '2020-01-01' } })], 400, 'INVALID_UPDATE'],
    ['no gender', [{ op: 'remove', path: '/gender' }], 403, 'FORBIDDEN_UPDATE'],
    ['the gender other', [{ op: 'replace', path: '/gender', value: 'other' }], 400, 'UNSUPPORTED_VALUE'],
    ['a gender that is none', [{ op: 'replace', path: '/gender', value: 'x' }], 400, 'INVALID_VALUE'],
    ['a birth in the future', [{ op: 'replace', path: '/birthDate', value: '2026-11-23' }], 400, 'INVALID_UPDATE'],
    ['a birth that is no day', [{ op: 'replace', path: '/birthDate', value: '2010' }], 400, 'INVALID_VALUE'],
    ['no birth', [{ op: 'remove', path: '/birthDate' }], 403, 'FORBIDDEN_UPDATE'],
    [
      'a death without its notification',
      [{ op: 'add', path: '/deceasedDateTime', value: '2020-01-01T00:00:00+00:00' }],
      400,
      'INVALID_UPDATE',
    ],
    [
      'a formal notification of death',
      [{ op: 'add', path: '/deceasedDateTime', value: '2020-01-01T00:00:00+00:00' }, death('2')],
      403,
      'FORBIDDEN_UPDATE',
    ],
    ['a tenth of a birth', [{ op: 'add', path: '/multipleBirthInteger', value: 10 }], 400, 'INVALID_VALUE'],
    [
      'a second home',
      [{ op: 'add', path: '/address/-', value: { use: 'home', line: ['1 Road'] } }],
      400,
      'TOO_MANY_VALUES_SUBMITTED',
    ],
    [
      'a temporary address without an end',
      [{ op: 'add', path: '/address/-', value: { use: 'temp', line: ['1 Road'] } }],
      400,
      'INVALID_UPDATE',
    ],
    [
      'an address at work',
      [{ op: 'add', path: '/address/-', value: { use: 'work', line: ['1 Road'] } }],
      400,
      'UNSUPPORTED_VALUE',
    ],
    [
      'a second home telephone',
      [{ op: 'add', path: '/telecom/-', value: { system: 'phone', use: 'home', value: '07700900001' } }],
      400,
      'TOO_MANY_VALUES_SUBMITTED',
    ],
    [
      'an e-mail address that is none',
      [{ op: 'add', path: '/telecom/-', value: { system: 'email', use: 'work', value: 'nowhere' } }],
      400,
      'INVALID_VALUE',
    ],
    [
      'a second practice',
      [{ op: 'add', path: '/generalPractitioner/-', value: { identifier: { value: 'X99002' } } }],
      400,
      'TOO_MANY_VALUES_SUBMITTED',
    ],
    [
      'a contact who is no emergency contact',
      [
        {
          op: 'add',
          path: '/contact/-',
          value: { relationship: [{ coding: [{ code: 'N' }] }], telecom: [{ system: 'phone', value: '07700900002' }] },
        },
      ],
      400,
      'INVALID_VALUE',
    ],
    ['what FHIR does not know', [name({ colour: 'red' })], 400, 'INVALID_UPDATE'],
  ])('that brings in %s', async (_, patches, status, code) => {
    const before = (await pds.get('9000000009')).body;
    const reply = await pds.patch(patches);
    expect(reply).toMatchObject({ status, body: { resourceType: 'OperationOutcome' } });
    expect(codeOf(reply)).toBe(code);
    expect((await pds.get('9000000009')).body).toEqual(before);
  });

  it('that changes a death that was notified formally, and takes an informal one', async () => {
    const pds = await openPds(served);
    const formal = [{ op: 'replace', path: '/deceasedDateTime', value: '2025-02-12T00:00:00+00:00' }];
    expect(codeOf(await pds.patch(formal, { id: '9990000042', headers: { 'if-match': 'W/"1"' } }))).toBe(
      'FORBIDDEN_UPDATE',
    );
    const informal = [{ op: 'add', path: '/deceasedDateTime', value: '2026-01-01T00:00:00+00:00' }, death('1')];
    expect((await pds.patch(informal)).status).toBe(200);
  });
});
