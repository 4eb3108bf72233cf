import { member, requireText } from '../../sandbox/act-values.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { type Answer, callProvider, resendDue } from './provider-call.ts';
import { personAt, ways } from './ways.ts';

const readPatient = (ctx: Ctx, id: string): Promise<Answer> => callProvider(ctx, { method: 'GET', path: personAt(id) });

/** The version that was seen: the ETag, or meta.versionId where there is none. */
const versionSeen = (answer: Answer): string | undefined => {
  const version = member(member(answer.body, 'meta'), 'versionId');
  return answer.headers?.etag ?? (typeof version === 'string' ? `W/"${version}"` : undefined);
};

const patchPatient = (ctx: Ctx, id: string, version: string | undefined, patches: unknown): Promise<Answer> =>
  callProvider(ctx, {
    method: 'PATCH',
    path: personAt(id),
    headers: {
      'content-type': 'application/json-patch+json',
      ...(version === undefined ? {} : { 'if-match': version }),
    },
    body: ways.in(ctx).patchBody(patches),
  });

const id = { type: 'string', minLength: 1, maxLength: 64, title: 'Patient', default: '9000000009' };
const DEFAULT_PATCHES = [{ op: 'replace', path: '/gender', value: 'unknown' }];

/** What a requester does with people's records. */
export const personActs: Readonly<Record<string, Act>> = {
  'read-patient': {
    title: 'Read a patient',
    summary: 'GET Patient/{id}',
    input: { type: 'object', required: ['id'], properties: { id }, additionalProperties: false },
    run: (input, ctx) => readPatient(ctx, requireText(input, 'id')),
  },
  'search-patients': {
    title: 'Search for patients',
    summary: 'GET Patient?…, with the query as it is written in a URL',
    input: {
      type: 'object',
      required: ['query'],
      properties: {
        query: {
          type: 'string',
          minLength: 1,
          maxLength: 1000,
          title: 'Query',
          default: 'family=Smith&birthdate=2010-10-22',
        },
      },
      additionalProperties: false,
    },
    run: (input, ctx) => {
      const query = new URLSearchParams(requireText(input, 'query').replace(/^\?/, ''));
      return callProvider(ctx, { method: 'GET', path: `/FHIR/R4/Patient?${query}` });
    },
  },
  'read-related-people': {
    title: 'Read the people related to a patient',
    summary: 'Whom to call about the patient',
    input: { type: 'object', required: ['id'], properties: { id }, additionalProperties: false },
    run: (input, ctx) => callProvider(ctx, { method: 'GET', path: ways.in(ctx).relatedTo(requireText(input, 'id')) }),
  },
  'update-patient': {
    title: 'Change a patient',
    summary:
      'Reads the record, then PATCHes it with the version that it saw; with ifMatch it goes straight to the PATCH',
    input: {
      type: 'object',
      required: ['id'],
      properties: {
        id,
        patches: {
          type: 'array',
          minItems: 1,
          items: { type: 'object', required: ['op', 'path'] },
          title: 'JSON Patch operations',
          default: DEFAULT_PATCHES,
        },
        ifMatch: { type: 'string', title: 'Version seen earlier', maxLength: 100, example: 'W/"2"' },
      },
      additionalProperties: false,
    },
    run: async (input, ctx) => {
      const patches = input.patches ?? DEFAULT_PATCHES;
      if (typeof input.ifMatch === 'string') return patchPatient(ctx, requireText(input, 'id'), input.ifMatch, patches);
      const read = await readPatient(ctx, requireText(input, 'id'));
      if (read.outcome !== 'answered' || read.status !== 200) return read;
      // A superseded number brings another person's id: that is the record to change.
      const found = member(read.body, 'id');
      return patchPatient(
        ctx,
        typeof found === 'string' ? found : requireText(input, 'id'),
        versionSeen(read),
        patches,
      );
    },
  },
  resend: {
    title: 'Send again what was not answered',
    summary: 'The same request with the same X-Request-ID, once Retry-After has passed on the sandbox clock',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: (_input, ctx) => resendDue(ctx),
  },
};
