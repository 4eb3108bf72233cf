import { all, type Check, fail, type Judgement, pass, passOn, skip } from '../../sandbox/conformance/check.ts';
import { at, type Evidence, json, line, list, type Observation, on } from '../../sandbox/conformance/evidence.ts';
import { answers, asks, eventOf, isAckOf, isPositive, messageId } from './message-seen.ts';

const parsed = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
};
const sentIn = (evidence: Evidence, step: string): unknown =>
  parsed(evidence.observations.find((one) => one.step === step)?.request.body);

interface Ack {
  readonly step: string;
  readonly message: unknown;
}
/** What came to the listener that answers the message of a step. */
const acksOf = (evidence: Evidence, step: string): readonly Ack[] => {
  const id = messageId(sentIn(evidence, step));
  return id === undefined
    ? []
    : evidence.received
        .map((one): Ack => ({ step: one.step, message: parsed(one.request.body) }))
        .filter(({ message }) => answers(message) === id);
};

const NOT_SHOWN = 'the system does not show what it has stored as an Encounter that can be searched by identifier';

/** How many the target has of what a step sent; undefined where it does not show that. */
const found = (evidence: Evidence, step: string): number | undefined => {
  const looked = evidence.observations.find((one) => one.step === step);
  const body = parsed(looked?.reply?.body);
  return looked?.reply?.status === 200 && at(body, 'type') === 'searchset'
    ? list(at(body, 'entry')).filter((entry) => at(entry, 'resource', 'resourceType') === 'Encounter').length
    : undefined;
};

const taken = (evidence: Evidence): Judgement =>
  on(evidence, 'notify', (one) => {
    if (one.reply.status >= 300) return fail(`${line(one)}.`, 'notify');
    return (found(evidence, 'notify-found') ?? 0) > 0
      ? passOn('notify', 'notify-found')
      : skip(`acknowledged, but whether it was stored before is not seen: ${NOT_SHOWN}`, 'notify');
  });

/** Judged only where the message was taken at first. */
const afterTaken = (evidence: Evidence, judge: () => Judgement): Judgement =>
  on(evidence, 'notify', ({ reply }) =>
    reply.status >= 300 ? skip(`not observed: the message was answered ${reply.status}`) : judge(),
  );

const again = (evidence: Evidence): Judgement =>
  afterTaken(evidence, () =>
    on(evidence, 'notify-again', (one) =>
      one.reply.status < 300 || one.reply.status === 409
        ? passOn('notify', 'notify-again')
        : fail(`${line(one)}; what is known is answered 2xx, or 409.`, 'notify', 'notify-again'),
    ),
  );

const once = (evidence: Evidence): Judgement =>
  afterTaken(evidence, () => {
    const count = found(evidence, 'notify-found') ?? 0;
    if (count === 0) return skip(`not observed: ${NOT_SHOWN}`);
    return count === 1
      ? passOn('notify', 'notify-again', 'notify-found')
      : fail(`There are ${count} of it.`, 'notify', 'notify-again', 'notify-found');
  });

const isRefusal = ({ reply }: Observation): boolean =>
  reply !== undefined && reply.status >= 400 && reply.status < 500 && ![401, 403, 408, 429].includes(reply.status);

/** Refused, or told that it was not taken, by a negative acknowledgement. */
const told = (evidence: Evidence, step: string): Judgement =>
  on(evidence, step, (one) => {
    if (isRefusal(one))
      return at(json(one), 'resourceType') === 'OperationOutcome'
        ? passOn(step)
        : fail(`${line(one)}, without an OperationOutcome that says why.`, step);
    if (one.reply.status >= 300) return fail(`${line(one)}; a refusal is a 4xx that says why.`, step);
    const negative = acksOf(evidence, step).find(({ message }) => !isPositive(message));
    return negative === undefined
      ? fail(`${line(one)}, and no negative acknowledgement came.`, step)
      : passOn(step, negative.step);
  });

const notProcessed = (evidence: Evidence): Judgement =>
  on(evidence, 'invalid', () => {
    const count = found(evidence, 'invalid-found');
    if (count === undefined) return skip(`not observed: ${NOT_SHOWN}`);
    return count === 0 ? passOn('invalid', 'invalid-found') : fail('It was stored.', 'invalid', 'invalid-found');
  });

const onAck = (evidence: Evidence, judge: (ack: Ack) => Judgement): Judgement =>
  on(evidence, 'notify-with-ack', ({ reply }) => {
    const [first] = acksOf(evidence, 'notify-with-ack');
    if (first !== undefined) return judge(first);
    return skip(
      reply.status >= 300
        ? `not observed: the message was answered ${reply.status}`
        : 'not observed: no acknowledgement came while the run waited; have those for its source.endpoint brought to the run (listen), or wait longer (timeout)',
    );
  });

const acknowledged = (evidence: Evidence): Judgement =>
  onAck(evidence, ({ step, message }) =>
    isPositive(message)
      ? passOn('notify-with-ack', step)
      : fail(`Its response.code is ${String(at(message, 'entry', 0, 'resource', 'response', 'code'))}.`, step),
  );

const named = (evidence: Evidence): Judgement =>
  onAck(evidence, ({ step, message }) => {
    const workflow = eventOf(sentIn(evidence, 'notify-with-ack'));
    return isAckOf(eventOf(message), workflow)
      ? passOn('notify-with-ack', step)
      : fail(`It is of ${String(eventOf(message))}; the message was of ${String(workflow)}.`, step);
  });

const asksNone = (evidence: Evidence): Judgement =>
  onAck(evidence, ({ step, message }) =>
    asks(message, 'InfAckRequested') || asks(message, 'BusAckRequested')
      ? fail('It asks to be acknowledged.', step)
      : passOn(step),
  );

/** What comes of one that asks shows that those that are sent would have come. */
const onlyAsked = (evidence: Evidence): Judgement => {
  const unasked = ['notify', 'notify-again'].flatMap((step) => acksOf(evidence, step));
  const [first] = unasked;
  if (first !== undefined) return fail('The message had asked for none.', 'notify', first.step);
  return all([onAck(evidence, () => pass), passOn('notify')]);
};

const dialects = ['fhir-r4'];

/** Of a recipient that is driven; what a mailbox shows is judged beside. */
export const checks: readonly Check[] = [
  {
    id: 'psh-03-stored',
    requirements: ['PSH-03'],
    dialects,
    title: 'A message is acknowledged, and was stored by then',
    failure: 'A sound message was not acknowledged.',
    judge: taken,
  },
  {
    id: 'psh-04-again',
    requirements: ['PSH-04'],
    dialects,
    title: 'A message that comes again is borne',
    failure: 'The same message was too much the second time.',
    judge: again,
  },
  {
    id: 'psh-04-once',
    requirements: ['PSH-04'],
    dialects,
    title: 'A message that comes twice has one effect',
    failure: 'The message that came twice had more than one effect.',
    judge: once,
  },
  {
    id: 'psh-10-told',
    requirements: ['PSH-10'],
    dialects,
    title: 'An invalid message is refused, or acknowledged negatively',
    failure: 'The sender was not told that its message is invalid.',
    judge: (evidence) => told(evidence, 'invalid'),
  },
  {
    id: 'psh-10-not-processed',
    requirements: ['PSH-10'],
    dialects,
    title: 'An invalid message is not processed',
    failure: 'An invalid message was processed.',
    judge: notProcessed,
  },
  {
    id: 'psh-11-asked',
    requirements: ['PSH-11'],
    dialects,
    title: 'An infrastructure acknowledgement comes where one is asked for',
    failure: 'A sound message was acknowledged negatively.',
    judge: acknowledged,
  },
  {
    id: 'psh-11-workflow',
    requirements: ['PSH-11'],
    dialects,
    title: 'The acknowledgement is of the workflow that it acknowledges',
    failure: 'The acknowledgement does not name the workflow with the ending for acknowledgements.',
    judge: named,
  },
  {
    id: 'psh-11-asks-none',
    requirements: ['PSH-11'],
    dialects,
    title: 'The acknowledgement asks for none',
    failure: 'An acknowledgement asked for an acknowledgement.',
    judge: asksNone,
  },
  {
    id: 'psh-11-only-asked',
    requirements: ['PSH-11'],
    dialects,
    title: 'No acknowledgement comes where none is asked for',
    failure: 'An acknowledgement came that nobody had asked for.',
    judge: onlyAsked,
  },
  {
    id: 'psh-13-refused',
    requirements: ['PSH-13'],
    dialects,
    title: 'A workflow that is not known is refused, and not dropped',
    failure: 'A message of an unknown workflow was neither refused nor acknowledged negatively.',
    judge: (evidence) => told(evidence, 'unknown-workflow'),
  },
];
