import { handling } from '../../sandbox/fhir/itk.ts';
import { checksumOf, sendMail } from '../../sandbox/mailboxes/client.ts';
import type { Outgoing } from '../../sandbox/pattern.ts';
import { ANSWERS, boxOf, EXCHANGE, mailboxOf, WORKFLOW } from './mesh-mailboxes.ts';
import { FHIR_JSON, type MessageWays } from './ways.ts';

/** To the provider's mailbox; what the sender calls it is by what a report names it. */
const mail = (local: string, body: string): Outgoing => ({
  method: 'POST',
  path: `/messageexchange/${mailboxOf('requester')}/outbox`,
  headers: {
    'content-type': FHIR_JSON,
    accept: 'application/vnd.mesh.v2+json',
    'mex-from': mailboxOf('requester'),
    'mex-to': mailboxOf('provider'),
    'mex-workflowid': WORKFLOW,
    'mex-localid': local,
    'mex-filename': `${local}.json`,
    'mex-content-checksum': checksumOf(body),
  },
  body,
});

/** From mailbox to mailbox. A message is acknowledged by another, and known by its MessageHeader. */
export const meshWays: Partial<MessageWays> = {
  destinationOf: (_ctx, to) => `mesh:${mailboxOf(to)}`,
  header: handling(['InfAckRequested', 'BusAckRequested']),
  sentAs: (_ctx, { header, bundle }) => ({ correlation: header, sent: mail(header, JSON.stringify(bundle)) }),
  sentTo: EXCHANGE,
  stateAfter: ({ status }) => (status === 202 ? 'accepted' : 'failed'),
  answer: async (ctx, { local, body }) =>
    (await sendMail(ctx, boxOf(ctx), { to: mailboxOf('requester'), workflow: ANSWERS, local, body })).reply,
  hasArrived: (status) => status === 202,
};
