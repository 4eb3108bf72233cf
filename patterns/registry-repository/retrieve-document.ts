import { composeFhir, type FhirComposition } from '../../sandbox/fhir/compose.ts';
import { readResource } from '../../sandbox/fhir/interactions/read.ts';
import { searchType, searchTypePost } from '../../sandbox/fhir/interactions/search.ts';
import { fhirBases } from '../../sandbox/fhir/reply.ts';
import { find } from '../../sandbox/fhir/repository.ts';
import { requireInstance } from '../../sandbox/fhir/space-of-type.ts';
import { etagOf, type FhirResource, type StoredRow } from '../../sandbox/fhir/stored.ts';
import { forWriting } from '../../sandbox/fhir/write-guard.ts';
import { accepts } from '../../sandbox/http/negotiate.ts';
import type { Call, Ctx, Handler, Reply } from '../../sandbox/pattern.ts';
import { part } from '../../sandbox/pointers/pointer.ts';
import { pointerOf } from '../../sandbox/pointers/register.ts';
import { FORBIDDEN, NOT_ACCEPTABLE, problem } from '../../sandbox/problem.ts';
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

const wantsFhir = ({ headers, query }: Call): boolean =>
  query.has('_format') || /fhir\+json|application\/json|text\/json/.test(headers.accept ?? '');

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** FHIR R4 binary.html: the content itself, in its own type, unless FHIR is what was asked for. */
const bytesOf = (call: Call, row: StoredRow, binary: FhirResource): Reply => {
  const contentType = asText(part(binary, 'contentType'));
  const { accept } = call.headers;
  if (accept !== undefined && !accepts(accept, contentType.split(';', 1)[0]?.trim() ?? ''))
    throw problem(NOT_ACCEPTABLE, `The document is ${contentType}; Accept does not allow it`, { at: 'Accept' });
  const headers = { 'content-type': contentType, etag: etagOf(row.version) };
  return { status: 200, headers, body: Buffer.from(asText(part(binary, 'data')), 'base64') };
};

interface Judged {
  readonly outcome: AuditOutcome;
  readonly row: StoredRow | undefined;
  readonly document: FhirResource | undefined;
}

/** Decides whether the caller gets it, and writes that down, in one transaction: nothing is given that is not audited. */
const judge = (call: Call, ctx: Ctx, type: string, id: string): Promise<Judged> =>
  ctx.transaction(async (tx): Promise<Judged> => {
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
      return { outcome: '4', row: undefined, document: undefined };
    }
    const document = pointerOf(row);
    const allowed = await mayHave(ctx, tx, document, name, call.from.participant);
    await audit(writing, tx, call, name, allowed ? '0' : '8', allowed ? undefined : 'Not allowed by this repository');
    return { outcome: allowed ? '0' : '8', row, document };
  });

/** A document, where this repository lets the caller have it. */
export const retrieve: Handler = async (call, ctx) => {
  const { type = '', id = '' } = call.params;
  requireInstance(ctx, type, id);
  if (type === AUDIT) return readAudit(call, ctx);
  const { outcome, row, document } = await judge(call, ctx, type, id);
  if (outcome === '8')
    throw problem(
      FORBIDDEN,
      `${type}/${id} is restricted, and this repository has not allowed ${call.from.participant} to have it`,
    );
  if (type === 'Binary' && row !== undefined && document !== undefined && !wantsFhir(call))
    return bytesOf(call, row, document);
  return readDocument(call, ctx);
};
