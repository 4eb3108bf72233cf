import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { ask, versionTold } from './asking.ts';
import type { Change } from './merging.ts';
import { writesAs } from './organisations.ts';
import { forget, recall } from './seen.ts';
import { ways } from './ways.ts';
import { changeRecord, type Keep, mergeAndRetry, type Outcome, outcomeOf, readRecord } from './writing.ts';

type Input = Readonly<Record<string, unknown>>;

const record = {
  type: 'string',
  maxLength: 130,
  title: 'Record (the example, unless told)',
  example: 'CarePlan/shared-plan',
};

export const recordIn = (ctx: Ctx, input: Input): string =>
  typeof input.record === 'string' && input.record !== '' ? input.record : ways.in(ctx).exampleRecord;

const textIn = (input: Input, name: string): string | undefined => {
  const value = input[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

const isMapping = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const changeIn = (ctx: Ctx, { set, add }: Input): Change => {
  const change = { set: isMapping(set) ? set : {}, add: isMapping(add) ? add : {} };
  const isNone = Object.keys(change.set).length + Object.keys(change.add).length === 0;
  const { name } = ctx.participant;
  return isNone ? ways.in(ctx).usualChange(name === 'contributor', writesAs(name)) : change;
};

const create = async (ctx: Ctx, input: Input): Promise<Outcome> => {
  const by = writesAs(ctx.participant.name);
  const patient = input.patient === 'none' ? undefined : (textIn(input, 'patient') ?? '9000000009');
  const vaccine = textIn(input, 'vaccine');
  const body = ways.in(ctx).newRecord({
    by,
    value: textIn(input, 'identifier') ?? ctx.uuid(),
    at: ctx.now(),
    ...(patient === undefined ? {} : { patient }),
    ...(vaccine === undefined ? {} : { vaccine }),
  });
  const answer = await ask(ctx, { method: 'POST', path: `/FHIR/R4/${body.resourceType}`, body });
  const id = new RegExp(`/${body.resourceType}/([A-Za-z0-9.-]+)`).exec(answer.headers.location ?? '')?.[1];
  return outcomeOf(ctx, id === undefined ? body.resourceType : `${body.resourceType}/${id}`, answer, 'created');
};

const remove = async (ctx: Ctx, name: string): Promise<Outcome> => {
  const answer = await ask(ctx, { method: 'DELETE', path: `/FHIR/R4/${name}` });
  return outcomeOf(ctx, name, answer, 'removed');
};

/** Writes again what it last read of the record: an update of a deleted record brings it back. */
const reinstate = async (ctx: Ctx, name: string): Promise<Outcome> => {
  const seen = await recall(ctx, name);
  if (seen === undefined)
    return { outcome: 'refused', record: name, because: 'It has not read the record before it was deleted' };
  const headers = ways.in(ctx).reinstating(seen.version);
  const answer = await ask(ctx, { method: 'PUT', path: `/FHIR/R4/${name}`, headers, body: seen.record });
  if (versionTold(ctx, answer) !== undefined) await forget(ctx, name);
  return outcomeOf(ctx, name, answer, 'changed');
};

const KEEPS: readonly Keep[] = ['ask', 'theirs', 'mine'];

/** What it does where records come and go; people are neither made nor taken back. */
export const writingActs: Readonly<Record<string, Act>> = {
  'record-new': {
    title: 'Record something new',
    summary: 'POST, with an identifier of its own; a second time with the same identifier it is refused',
    input: {
      type: 'object',
      properties: {
        patient: { type: 'string', maxLength: 64, title: 'NHS number, or none', default: '9000000009' },
        identifier: { type: 'string', maxLength: 100, title: 'Its own identifier (a new one, unless told)' },
        vaccine: { type: 'string', maxLength: 20, title: 'Vaccine, of a vaccination', default: 'FLU' },
      },
      additionalProperties: false,
    },
    run: (input, ctx) => create(ctx, input),
  },
  'remove-record': {
    title: 'Take a record back',
    summary: 'DELETE: it is not shown any more, and its history stays',
    input: { type: 'object', properties: { record }, additionalProperties: false },
    run: (input, ctx) => remove(ctx, recordIn(ctx, input)),
  },
  'reinstate-record': {
    title: 'Bring a record back',
    summary: 'PUT of what it read before the record was deleted',
    input: { type: 'object', properties: { record }, additionalProperties: false },
    run: (input, ctx) => reinstate(ctx, recordIn(ctx, input)),
  },
};

/** What a contributor does with the records that it shares. */
export const contributorActs: Readonly<Record<string, Act>> = {
  'read-record': {
    title: 'Read a record',
    summary: 'GET, and keep the version to base a change on',
    input: { type: 'object', properties: { record }, additionalProperties: false },
    run: async (input, ctx) => (await readRecord(ctx, recordIn(ctx, input))).outcome,
  },
  'change-record': {
    title: 'Change a record',
    summary: 'Based on the version that it read last; where it has read none, it reads first',
    input: {
      type: 'object',
      properties: {
        record,
        set: { type: 'object', title: 'Elements and their new values' },
        add: { type: 'object', title: 'Lists and what is added to them' },
      },
      additionalProperties: false,
    },
    run: (input, ctx) => changeRecord(ctx, recordIn(ctx, input), changeIn(ctx, input)),
  },
  'merge-and-retry': {
    title: 'Read again, merge, try again',
    summary: 'After a change was refused as stale: it is made to what others have written meanwhile',
    input: {
      type: 'object',
      properties: {
        record,
        keep: { type: 'string', enum: KEEPS, default: 'ask', title: 'Where both changed the same' },
      },
      additionalProperties: false,
    },
    run: (input, ctx) => mergeAndRetry(ctx, recordIn(ctx, input), KEEPS.find((keep) => keep === input.keep) ?? 'ask'),
  },
};
