import { member, requireText } from '../../sandbox/act-values.ts';
import type { Act } from '../../sandbox/pattern.ts';
import { part } from '../../sandbox/pointers/pointer.ts';
import { gather } from './gather.ts';
import { personOf } from './person.ts';
import { person } from './producer.ts';
import { complaintOf, find, pointersIn, type Wanted } from './registry-call.ts';
import { retrieve } from './retrieve.ts';

type Input = Readonly<Record<string, unknown>>;

const kind = {
  type: 'string',
  title: 'Only of this type',
  description: 'A SNOMED CT code',
  example: '325691000000100',
  maxLength: 20,
};
const TIMEOUT = 5_000;
const timeout = {
  type: 'integer',
  minimum: 100,
  maximum: 30_000,
  title: 'Wait for each repository, in milliseconds',
  default: TIMEOUT,
};

const wantedIn = (input: Input): Wanted => ({
  person: personOf(requireText(input, 'person')),
  ...(typeof input.kind === 'string' && input.kind !== '' ? { kind: input.kind } : {}),
});
const timeoutIn = (input: Input): number => (typeof input.timeout === 'number' ? input.timeout : TIMEOUT);

/** What a system does that needs a person's records, wherever they are. */
export const requesterActs: Readonly<Record<string, Act>> = {
  'find-and-retrieve': {
    title: 'Find and fetch everything',
    summary: 'Asks the registry, then every repository that it names; shows what came, and names what did not',
    input: {
      type: 'object',
      required: ['person'],
      additionalProperties: false,
      properties: { person, kind, timeout },
    },
    run: (input, ctx) => gather(ctx, wantedIn(input), timeoutIn(input)),
  },
  'find-pointers': {
    title: 'Find pointers',
    summary: 'POST _search at the registry: who holds something about this person?',
    input: { type: 'object', required: ['person'], additionalProperties: false, properties: { person, kind } },
    run: async (input, ctx) => {
      const answer = await find(ctx, wantedIn(input));
      return {
        status: answer.status ?? null,
        because: answer.status === 200 ? null : (complaintOf(answer) ?? answer.because ?? null),
        pointers: pointersIn(answer).map((pointer) => ({
          id: pointer.id,
          type: part(pointer, 'type', 'text') ?? part(pointer, 'type', 'coding', 0, 'display'),
          custodian: part(pointer, 'custodian', 'display') ?? null,
          url: part(pointer, 'content', 0, 'attachment', 'url'),
          status: member(pointer, 'status'),
        })),
      };
    },
  },
  'retrieve-document': {
    title: 'Fetch one document',
    summary: 'GET of the address in a pointer, from the repository itself',
    input: {
      type: 'object',
      required: ['url'],
      additionalProperties: false,
      properties: {
        url: { type: 'string', minLength: 1, maxLength: 2000, title: 'Address', description: 'From a pointer' },
        contentType: { type: 'string', maxLength: 100, title: 'Content type', default: 'text/plain;charset=utf-8' },
        timeout,
      },
    },
    run: (input, ctx) => {
      const contentType = typeof input.contentType === 'string' ? input.contentType : 'text/plain;charset=utf-8';
      const attachment = { url: requireText(input, 'url'), contentType };
      return retrieve(ctx, { resourceType: 'DocumentReference', content: [{ attachment }] }, timeoutIn(input));
    },
  },
};
