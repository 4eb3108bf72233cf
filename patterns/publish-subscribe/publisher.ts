import { requireText } from '../../sandbox/act-values.ts';
import { parseDuration } from '../../sandbox/duration.ts';
import type { Act, Ctx, TimerHandler } from '../../sandbox/pattern.ts';
import { BAD_REQUEST, problem } from '../../sandbox/problem.ts';
import { announce } from './mns-announce.ts';
import { partOf } from './parts.ts';
import { moved, publishChange, publishNew } from './publishing.ts';

const FHIR = ['fhir-r4'];
const patient = { type: 'string', title: 'NHS number', default: '9000000009' };
const isMns = (ctx: Ctx): boolean => ctx.dialect.id === 'mns';
const aboutPatient = (more: Readonly<Record<string, unknown>> = {}) => ({
  type: 'object',
  required: ['patient'],
  properties: { patient, ...more },
  additionalProperties: false,
});

const changeAddress = async (ctx: Ctx, number: string, postcode: string) =>
  isMns(ctx)
    ? announce(ctx, 'pds-record-change-2', number, { changed_address: true, nhsnumber: number }, moved(postcode))
    : publishChange(ctx, `Patient/${number}`, moved(postcode));

/** A postcode of nobody's; which one, the sandbox's seed decides. */
const somePostcode = (ctx: Ctx): string => `LS1 ${1 + Math.floor(ctx.random() * 9)}ZZ`;

/** What the publisher does; it says what happened, to whom, and is not told who hears of it. */
export const publisherActs: Readonly<Record<string, Act>> = {
  'register-birth': {
    title: 'Register a birth',
    summary: 'A new Patient, without an NHS number yet',
    dialects: FHIR,
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
  'change-address': {
    title: 'Record a change of address',
    summary: 'Somebody moved',
    input: aboutPatient({ postcode: { type: 'string', maxLength: 10, title: 'New postcode', default: 'LS1 4AP' } }),
    run: async (input, ctx) =>
      changeAddress(
        ctx,
        requireText(input, 'patient'),
        typeof input.postcode === 'string' ? input.postcode : 'LS1 4AP',
      ),
  },
  'report-death': {
    title: 'Report a death',
    summary: 'The record says from when on somebody is dead',
    input: aboutPatient(),
    run: async (input, ctx) => {
      const number = requireText(input, 'patient');
      const deceasedDateTime = new Date(ctx.now()).toISOString();
      return isMns(ctx)
        ? announce(
            ctx,
            'pds-death-notification-2',
            number,
            { deathnotificationstatus: '2', nhsnumber: number },
            (before) => ({
              ...before,
              deceasedDateTime,
            }),
          )
        : publishChange(ctx, `Patient/${number}`, (before) => ({ ...before, deceasedDateTime }));
    },
  },
  admit: {
    title: 'Admit somebody',
    summary: 'An Encounter in progress',
    dialects: FHIR,
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
    dialects: FHIR,
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
  'publish-regularly': {
    title: 'Publish from time to time',
    summary: 'Records a change of address again and again, at intervals of the sandbox clock; never, to end it',
    input: aboutPatient({
      every: { type: 'string', title: 'Every', default: 'PT1H', example: 'PT15M, or never' },
    }),
    run: async (input, ctx) => {
      const number = requireText(input, 'patient');
      const every = typeof input.every === 'string' ? input.every : 'PT1H';
      const period = every === 'never' ? undefined : durationOf(every);
      await ctx.transaction(async (tx) => {
        const run = await ctx.next(tx);
        await tx.query(
          `insert into pub_newest (store, focus, version) values ($1, 'publish-regularly', $2)
           on conflict (store, focus) do update set version = $2`,
          [ctx.store, run],
        );
        if (period !== undefined)
          await ctx.schedule(tx, { name: 'publish', due: ctx.now() + period, data: { patient: number, period, run } });
      });
      return { every };
    },
  },
};

const durationOf = (text: string): number => {
  try {
    return Math.max(1_000, parseDuration(text));
  } catch {
    throw problem(BAD_REQUEST, `${JSON.stringify(text)} is no ISO 8601 duration such as PT1H`, { at: '/every' });
  }
};

/** Goes on until it is told otherwise: the run that it belongs to is no longer the last. */
const publish: TimerHandler = async ({ data }, ctx) => {
  const run = partOf(data, 'run');
  const [last] = await ctx.sql.query<{ version: number }>(
    `select version from pub_newest where store = $1 and focus = 'publish-regularly'`,
    [ctx.store],
  );
  if (last?.version !== run) return;
  await changeAddress(ctx, String(partOf(data, 'patient')), somePostcode(ctx));
  const due = ctx.now() + Number(partOf(data, 'period'));
  await ctx.transaction((tx) => ctx.schedule(tx, { name: 'publish', due, data }));
};

export const publisherTimers: Readonly<Record<string, TimerHandler>> = { publish };
