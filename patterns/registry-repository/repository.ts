import { isRecord } from '../../sandbox/dialect-shape.ts';
import { composeFhir, type FhirComposition } from '../../sandbox/fhir/compose.ts';
import { capabilities } from '../../sandbox/fhir/interactions/capabilities.ts';
import type { Handler } from '../../sandbox/pattern.ts';
import { items, part } from '../../sandbox/pointers/pointer.ts';
import { AUDITS, composed, DOCUMENTS, retrieve } from './retrieve-document.ts';

const stated = (composition: FhirComposition): Handler =>
  composed({ ...composition, operations: [capabilities, ...composition.operations] }, 'capabilities');
const ofDocuments = stated(DOCUMENTS);
const ofAudits = stated(AUDITS);

const parsed = (body: unknown): unknown => JSON.parse(typeof body === 'string' ? body : '');

/** Of documents and audit together. Under `_summary` and such there may be no list of resources to add to. */
const state: Handler = async (call, ctx) => {
  const statement = await ofDocuments(call, ctx);
  const [whole, more] = [parsed(statement.body), parsed((await ofAudits(call, ctx)).body)];
  const [rest, further] = [part(whole, 'rest', 0), part(more, 'rest', 0, 'resource')];
  if (!isRecord(whole) || !isRecord(rest)) return statement;
  const resource = [...items(rest.resource), ...items(further)];
  return { ...statement, body: JSON.stringify({ ...whole, rest: [{ ...rest, resource }] }) };
};

/** A repository's FHIR endpoint, by operationId. */
export const repositoryHandlers: Readonly<Record<string, Handler>> = {
  ...composeFhir(AUDITS).handlers,
  readResource: retrieve,
  capabilities: state,
};
