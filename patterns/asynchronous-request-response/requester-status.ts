import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import type { Act, Ctx, Outgoing } from '../../sandbox/pattern.ts';
import { askStatus } from './ask-status.ts';
import { only, requestOf } from './named-request.ts';
import type { OpenRequest } from './open-requests.ts';
import { keep } from './requester-messages.ts';
import { FHIR_JSON } from './ways.ts';

/** The same referral over REST, answered at a status address: FHIR R4 async.html. */
export const keepAsyncCreate = async (ctx: Ctx, referral: FhirResource): Promise<OpenRequest> => {
  const correlation = ctx.uuid();
  const { id: _, ...body } = referral;
  const sent: Outgoing = {
    method: 'POST',
    path: '/FHIR/R4/ServiceRequest',
    headers: {
      accept: FHIR_JSON,
      'content-type': FHIR_JSON,
      prefer: 'respond-async',
      'x-request-id': ctx.uuid(),
      'x-correlation-id': correlation,
    },
    body: JSON.stringify(body),
  };
  return keep(ctx, {
    message: ctx.uuid(),
    header: ctx.uuid(),
    correlation,
    event: 'servicerequest-request',
    way: 'status',
    sent,
  });
};

/** What a requester does where there are status addresses. */
export const statusActs: Readonly<Record<string, Act>> = {
  'ask-status': {
    title: 'Ask how a request stands',
    summary: 'GET the status address, now, whatever Retry-After said',
    input: only,
    run: async (input, ctx) => askStatus(ctx, await requestOf(ctx, input, 'status')),
  },
};
