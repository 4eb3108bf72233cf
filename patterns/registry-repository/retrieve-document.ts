import { composeFhir, type FhirComposition } from '../../sandbox/fhir/compose.ts';
import { readResource } from '../../sandbox/fhir/interactions/read.ts';
import { searchType, searchTypePost } from '../../sandbox/fhir/interactions/search.ts';
import { fhirBases } from '../../sandbox/fhir/reply.ts';
import { find } from '../../sandbox/fhir/repository.ts';
import { requireInstance } from '../../sandbox/fhir/space-of-type.ts';
import { forWriting } from '../../sandbox/fhir/write-guard.ts';
import type { Call, Ctx, Handler } from '../../sandbox/pattern.ts';
import { pointerOf } from '../../sandbox/pointers/register.ts';
import { FORBIDDEN, problem } from '../../sandbox/problem.ts';
import { mayHave } from './access.ts';
import { type AuditOutcome, audit } from './audit.ts';

export const AUDIT = 'AuditEvent';

/** What is read: documents and structured records. What is searched: the audit, and nothing that a pointer leads to. */
export const DOCUMENTS: FhirComposition = { operations: [readResource], types: ['Binary', 'CarePlan'] };
export const AUDITS: FhirComposition = { operations: [readResource, searchType, searchTypePost], types: [AUDIT] };

/** What composing these gives for one operation. */
export const composed = (composition: FhirComposition, operation: string): Handler => {
  const handler = composeFhir(composition).handlers[operation];
  if (handler === undefined) throw new Error(`${operation} is not composed`);
  return handler;
};

const readDocument = composed(DOCUMENTS, 'readResource');
const readAudit = composed(AUDITS, 'readResource');

/** Decides whether the caller gets it, and writes that down, in one transaction: nothing is given that is not audited. */
const judge = (call: Call, ctx: Ctx, type: string, id: string): Promise<AuditOutcome> =>
  ctx.transaction(async (tx): Promise<AuditOutcome> => {
    const writing = forWriting(ctx, fhirBases(call), undefined);
    const row = await find(ctx, tx, type, id);
    const name = `${type}/${id}`;
    if (row === undefined || row.deleted) {
      await audit(
        writing,
        tx,
        call,
        name,
        '4',
        row === undefined ? 'There is no such document' : 'The document is gone',
      );
      return '4';
    }
    const allowed = await mayHave(ctx, tx, pointerOf(row), name, call.from.participant);
    await audit(writing, tx, call, name, allowed ? '0' : '8', allowed ? undefined : 'Not allowed by this repository');
    return allowed ? '0' : '8';
  });

/** A document, where this repository lets the caller have it. */
export const retrieve: Handler = async (call, ctx) => {
  const { type = '', id = '' } = call.params;
  requireInstance(ctx, type, id);
  if (type === AUDIT) return readAudit(call, ctx);
  if ((await judge(call, ctx, type, id)) === '8')
    throw problem(
      FORBIDDEN,
      `${type}/${id} is restricted, and this repository has not allowed ${call.from.participant} to have it`,
    );
  return readDocument(call, ctx);
};
