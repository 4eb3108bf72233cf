import { requireText } from '../../sandbox/act-values.ts';
import type { Act } from '../../sandbox/pattern.ts';
import { aboutPatient } from './publisher.ts';
import { publishNew } from './publishing.ts';

/** What a publisher does where the broker watches records of any type. */
export const recordActs: Readonly<Record<string, Act>> = {
  'register-birth': {
    title: 'Register a birth',
    summary: 'A new Patient, without an NHS number yet',
    input: {
      type: 'object',
      properties: {
        family: { type: 'string', maxLength: 60, title: 'Family name', default: 'Larkin' },
        postcode: { type: 'string', maxLength: 10, title: 'Postcode', default: 'LS1 4AP' },
      },
      additionalProperties: false,
    },
    run: async ({ family = 'Larkin', postcode = 'LS1 4AP' }, ctx) =>
      publishNew(ctx, {
        resourceType: 'Patient',
        active: true,
        name: [{ use: 'official', family, given: ['Baby'] }],
        gender: 'female',
        birthDate: new Date(ctx.now()).toISOString().slice(0, 10),
        address: [{ use: 'home', line: ['1 Larch Close'], city: 'Leeds', postalCode: postcode }],
      }),
  },
  admit: {
    title: 'Admit somebody',
    summary: 'An Encounter in progress',
    input: aboutPatient(),
    run: async (input, ctx) =>
      publishNew(ctx, {
        resourceType: 'Encounter',
        status: 'in-progress',
        class: {
          system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
          code: 'IMP',
          display: 'inpatient encounter',
        },
        subject: { reference: `Patient/${requireText(input, 'patient')}` },
        period: { start: new Date(ctx.now()).toISOString() },
      }),
  },
  'file-document': {
    title: 'File a new document',
    summary: 'A DocumentReference that says where a discharge summary is',
    input: aboutPatient(),
    run: async (input, ctx) =>
      publishNew(ctx, {
        resourceType: 'DocumentReference',
        status: 'current',
        type: { coding: [{ system: 'http://snomed.info/sct', code: '373942005', display: 'Discharge summary' }] },
        subject: { reference: `Patient/${requireText(input, 'patient')}` },
        date: new Date(ctx.now()).toISOString(),
        content: [
          { attachment: { contentType: 'application/pdf', url: 'urn:uuid:b1a0e1b0-6b2c-4f0e-9d38-5f6f3b1c2d4e' } },
        ],
      }),
  },
};
