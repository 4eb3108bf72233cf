import { expect, it } from 'vitest';
import { readRun } from './run-request.ts';

const form = (fields: Readonly<Record<string, string>>) => ({ get: (name: string) => fields[name] ?? null });
const asked = { pattern: 'p', dialect: 'd', target: ' https://x.example/FHIR/R4 ' };

it('asks for no more than was filled in, and writes only with consent', () => {
  expect(readRun(form(asked))).toEqual({
    request: {
      pattern: 'p',
      dialect: 'd',
      target: 'https://x.example/FHIR/R4',
      minLevel: 'SHOULD',
      profile: { consentToWrite: false },
    },
  });
  const more = { consent: 'yes', authorization: 'Bearer x', patient: '9000000009', slots: 'a, b', level: 'SHALL' };
  expect(readRun(form({ ...asked, ...more, headers: 'NHSD-End-User-Organisation-ODS: Y1\n\nA:b' }))).toMatchObject({
    request: {
      minLevel: 'SHALL',
      profile: {
        consentToWrite: true,
        credentials: { authorization: 'Bearer x' },
        ids: { patient: '9000000009' },
        headers: { 'NHSD-End-User-Organisation-ODS': 'Y1', A: 'b' },
        slots: ['a', 'b'],
      },
    },
  });
});

it.each([
  ['', 'Enter the address of your system'],
  ['my system', 'Enter an address like https://my-system.example/FHIR/R4'],
])('says what is wrong with the address “%s”, and with a header', (target, text) => {
  expect(readRun(form({ ...asked, target, headers: 'nonsense', profile: '[]' }))).toEqual({
    problems: [
      { text, field: 'run-target' },
      { text: 'Write each header as Name: value', field: 'run-headers' },
      { text: 'Write the profile as a JSON object', field: 'run-profile' },
    ],
  });
});

it('joins what the fields say with the rest of a profile', () => {
  const profile = '{"ids": {"custodian": "Y1", "patient": "x"}, "record": {"resourceType": "CarePlan"}}';
  expect(readRun(form({ ...asked, patient: '9000000009', profile }))).toMatchObject({
    request: {
      profile: {
        consentToWrite: false,
        ids: { custodian: 'Y1', patient: '9000000009' },
        record: { resourceType: 'CarePlan' },
      },
    },
  });
});
