import { create } from '../../sandbox/fhir/repository.ts';
import { isResource } from '../../sandbox/fhir/stored.ts';
import type { WritingCtx } from '../../sandbox/fhir/write-guard.ts';
import type { Call } from '../../sandbox/pattern.ts';
import { ODS_CODE } from '../../sandbox/seed/systems.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import { organisationOf } from './organisations.ts';

/** FHIR R4 valueset-audit-event-outcome: given, not there, refused. */
export type AuditOutcome = '0' | '4' | '8';

const ODS_HEADER = 'nhsd-end-user-organisation-ods';

/** Whoever asked, by the code that the request names, else by the participant that it was recognised as. */
const agentOf = ({ from, headers }: Call): fhir4.AuditEventAgent => {
  const ods = headers[ODS_HEADER];
  const who: fhir4.Reference = {
    ...(ods === undefined ? {} : { identifier: { system: ODS_CODE, value: ods.slice(0, 64) } }),
    display: from.participant,
  };
  return { who, requestor: true };
};

/** Modelled on IHE BasicAudit: who asked for which document, and what came of it. */
const eventOf = (ctx: WritingCtx, call: Call, id: string, outcome: AuditOutcome, why?: string): fhir4.AuditEvent => {
  const { name, identifier } = organisationOf(ctx, ctx.participant.name);
  const request = call.headers['x-request-id'];
  return {
    resourceType: 'AuditEvent',
    type: {
      system: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
      code: 'rest',
      display: 'RESTful Operation',
    },
    subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'read', display: 'read' }],
    action: 'R',
    recorded: new Date(ctx.now()).toISOString(),
    outcome,
    ...(why === undefined ? {} : { outcomeDesc: why }),
    agent: [agentOf(call)],
    source: { observer: { identifier, display: name } },
    entity: [
      { what: { reference: id } },
      ...(request === undefined
        ? []
        : [{ name: 'X-Request-ID', what: { identifier: { value: request.slice(0, 64) } } }]),
    ],
  };
};

/** Writes down what came of a request for a document, in the repository's own store. */
export const audit = async (
  ctx: WritingCtx,
  tx: Tx,
  call: Call,
  id: string,
  outcome: AuditOutcome,
  why?: string,
): Promise<void> => {
  const event: unknown = eventOf(ctx, call, id, outcome, why);
  if (isResource(event)) await create(ctx, tx, event);
};
