import { at, list } from '../../sandbox/conformance/evidence.ts';
import { type JournalEvidence, parsed } from '../../sandbox/conformance/journal-evidence.ts';
import { downloaded, header, isSending, type MailCall, mailCalls } from '../../sandbox/conformance/mail-seen.ts';
import { asksFor, type Handling, isInfrastructureAck } from '../../sandbox/fhir/itk.ts';
import { isResource } from '../../sandbox/fhir/stored.ts';

/** A FHIR message that went or came by mail, as a check finds it. */
export interface Mailed {
  readonly call: MailCall;
  /** What the exchange calls it; of one that was sent, as far as it said. */
  readonly mail: string;
  readonly id: unknown;
  readonly answers: unknown;
  readonly code: unknown;
  readonly isAck: boolean;
  /** The status of what it is about: of the Task where there is one. */
  readonly status: unknown;
  readonly body: unknown;
}

const mailedOf = (call: MailCall, mail: string, body: unknown): Mailed => {
  const head = at(body, 'entry', 0, 'resource');
  const content = list(at(body, 'entry'))
    .slice(1)
    .map((entry) => at(entry, 'resource'));
  const about = content.find((one) => at(one, 'resourceType') === 'Task') ?? content[0];
  return {
    ...{ call, mail, body, id: at(head, 'id'), status: at(about, 'status') },
    answers: at(head, 'response', 'identifier'),
    code: at(head, 'response', 'code'),
    isAck: isInfrastructureAck(String(at(head, 'eventCoding', 'code'))),
  };
};

/** What the participant downloaded, reports left out, each time it did. */
export const collected = (evidence: JournalEvidence): readonly Mailed[] =>
  mailCalls(evidence).flatMap((call) => {
    const got = downloaded(call);
    return got?.chunk !== 1 || header(call.one.reply, 'mex-messagetype') === 'REPORT'
      ? []
      : [mailedOf(call, got.mail, parsed(call.one.reply))];
  });

export const sent = (evidence: JournalEvidence): readonly Mailed[] =>
  mailCalls(evidence)
    .filter(isSending)
    .map((call) => mailedOf(call, '', parsed(call.one.request)));

export const asks = ({ body }: Mailed, what: Handling): boolean => {
  const head = at(body, 'entry', 0, 'resource');
  return isResource(head) && asksFor(head, what);
};
