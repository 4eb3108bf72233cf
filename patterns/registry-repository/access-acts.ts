import { findMatches } from '../../sandbox/fhir/search/query.ts';
import type { Act, Ctx } from '../../sandbox/pattern.ts';
import { part } from '../../sandbox/pointers/pointer.ts';
import { pointerOf } from '../../sandbox/pointers/register.ts';
import { allow, forbid } from './access.ts';
import { document, requireDocument } from './producer.ts';

type Input = Readonly<Record<string, unknown>>;

const input = {
  type: 'object',
  required: ['document'],
  additionalProperties: false,
  properties: {
    document,
    caller: {
      type: 'string',
      enum: ['requester', 'repository', 'other-repository', 'registry', 'unknown'],
      title: 'Who',
      default: 'requester',
    },
  },
};

const callerIn = ({ caller }: Input): string => (typeof caller === 'string' ? caller : 'requester');

const OUTCOMES: Readonly<Record<string, string>> = { '0': 'given', '4': 'not there', '8': 'refused' };
const SHOWN = 50;

/** The newest entries first, in words; as FHIR they are at AuditEvent. */
const listAudit = async (_input: Input, ctx: Ctx): Promise<unknown> => {
  const rows = await findMatches(ctx, 'AuditEvent', new URLSearchParams({ _sort: '-date' }), SHOWN);
  const events = rows.map(pointerOf).map((event) => ({
    when: part(event, 'recorded'),
    who: part(event, 'agent', 0, 'who', 'identifier', 'value') ?? part(event, 'agent', 0, 'who', 'display'),
    document: part(event, 'entity', 0, 'what', 'reference'),
    outcome: OUTCOMES[String(part(event, 'outcome'))],
    why: part(event, 'outcomeDesc') ?? null,
  }));
  return { events };
};

/** Who may have what a repository keeps, and who has asked. */
export const accessActs: Readonly<Record<string, Act>> = {
  'allow-access': {
    title: 'Let somebody have a restricted document',
    summary: 'Until it is taken back; what the registry shows does not come into it',
    input,
    run: async (given, ctx) => {
      const { draft } = await requireDocument(ctx, given);
      await ctx.transaction((tx) => allow(ctx, tx, draft.id, callerIn(given)));
      return { document: draft.id, allowed: callerIn(given) };
    },
  },
  'take-access-back': {
    title: 'Take that back',
    summary: 'The next request is refused again',
    input,
    run: async (given, ctx) => {
      const { draft } = await requireDocument(ctx, given);
      await ctx.transaction((tx) => forbid(ctx, tx, draft.id, callerIn(given)));
      return { document: draft.id, refused: callerIn(given) };
    },
  },
  'list-audit': {
    title: 'Look at the audit',
    summary: 'Who asked for what, and whether it was given; as FHIR: GET AuditEvent at this repository',
    input: { type: 'object', properties: {}, additionalProperties: false },
    run: listAudit,
  },
};
