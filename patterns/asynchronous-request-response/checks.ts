import { type Check, fail, type Judgement, pass, passOn, skip } from '../../sandbox/conformance/check.ts';
import { at, type Evidence, json, line, list, on, type Received } from '../../sandbox/conformance/evidence.ts';

const parsed = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
};
const headerIn = (message: unknown): unknown => at(message, 'entry', 0, 'resource');
const sentIn = (evidence: Evidence, step: string): unknown =>
  parsed(evidence.observations.find((one) => one.step === step)?.request.body);
const headerOf = (evidence: Evidence, step: string, name: string): string | undefined =>
  evidence.observations.find((one) => one.step === step)?.request.headers[name];

const answeredIn = (message: unknown): unknown => at(headerIn(message), 'response', 'identifier');
/** By either a response may name a message, rightly or not. */
const idsOf = (message: unknown): readonly unknown[] => [at(message, 'id'), at(headerIn(message), 'id')];

/** Business responses that came to the listener, whatever they say that they answer, but for those to another message of the run. */
const responses = (evidence: Evidence): readonly Received[] => {
  const referral = idsOf(sentIn(evidence, 'refer'));
  const others = evidence.observations
    .flatMap(({ request }) => idsOf(parsed(request.body)))
    .filter((id) => id !== undefined && !referral.includes(id));
  return evidence.received.filter(({ request }) => {
    const message = parsed(request.body);
    return at(headerIn(message), 'response') !== undefined && !others.includes(answeredIn(message));
  });
};

/** Of what was refused nothing is expected, and what comes all the same answers something else. */
const onResponse = (evidence: Evidence, judge: (response: Received) => Judgement): Judgement =>
  on(evidence, 'refer', ({ reply }) => {
    if (reply.status >= 300) return skip(`not observed: the referral was answered ${reply.status}`);
    const [first] = responses(evidence);
    return first === undefined
      ? skip(
          'not observed: no business response came while the run waited; have it decided meanwhile, or wait longer (timeout)',
        )
      : judge(first);
  });

/** By dialect, with which status: the one that it asks for, and those that will do. */
const ACKNOWLEDGED: Readonly<Record<string, readonly number[]>> = { bars: [200], 'fhir-r4': [202, 200] };

const acknowledged = (evidence: Evidence): Judgement =>
  on(evidence, 'refer', (one) => {
    const [right, ...others] = ACKNOWLEDGED[evidence.dialect] ?? [202, 200];
    if (one.reply.status !== right && !others.includes(one.reply.status))
      return fail(`${line(one)}; expected ${right}.`, 'refer');
    return one.milliseconds > evidence.profile.limit
      ? fail(`It took ${Math.round(one.milliseconds)} ms, longer than ${evidence.profile.limit} ms.`, 'refer')
      : passOn('refer');
  });

const newId = (evidence: Evidence): Judgement =>
  onResponse(evidence, ({ step, request }) => {
    const found = request.headers['x-request-id'];
    if (found === undefined) return fail('It has no X-Request-ID.', step);
    return found === headerOf(evidence, 'refer', 'x-request-id')
      ? fail(`Its X-Request-ID is that of the request, ${found}.`, 'refer', step)
      : passOn('refer', step);
  });

const sameCorrelation = (evidence: Evidence): Judgement =>
  onResponse(evidence, ({ step, request }) => {
    const wanted = headerOf(evidence, 'refer', 'x-correlation-id');
    const found = request.headers['x-correlation-id'];
    return found?.toLowerCase() === wanted?.toLowerCase()
      ? passOn('refer', step)
      : fail(`X-Correlation-ID is ${found ?? 'missing'}; the request had ${wanted}.`, 'refer', step);
  });

/** By dialect, which of a message's ids an answer refers to. */
const NAMED_BY: Readonly<Record<string, 'Bundle.id' | 'MessageHeader.id'>> = {
  bars: 'Bundle.id',
  'fhir-r4': 'MessageHeader.id',
};

const identifies = (evidence: Evidence): Judgement =>
  onResponse(evidence, ({ step, request }) => {
    const asked = sentIn(evidence, 'refer');
    const named = NAMED_BY[evidence.dialect] ?? 'MessageHeader.id';
    const wanted = named === 'Bundle.id' ? at(asked, 'id') : at(headerIn(asked), 'id');
    const found = answeredIn(parsed(request.body));
    return found === wanted
      ? passOn('refer', step)
      : fail(
          `response.identifier is ${String(found)}; the ${named} of the request is ${String(wanted)}.`,
          'refer',
          step,
        );
  });

const saysHow = (evidence: Evidence): Judgement =>
  onResponse(evidence, ({ step, request }) => {
    const code = at(headerIn(parsed(request.body)), 'response', 'code');
    return ['ok', 'transient-error', 'fatal-error'].includes(String(code))
      ? passOn(step)
      : fail(`response.code is ${code === undefined ? 'missing' : String(code)}.`, step);
  });

const issueCodes = (body: unknown): readonly unknown[] => list(at(body, 'issue')).map((issue) => at(issue, 'code'));

const refusedAgain = (evidence: Evidence): Judgement =>
  on(evidence, 'refer', ({ reply }) => {
    if (reply.status >= 300) return skip(`not observed: the referral was answered ${reply.status}`);
    return on(evidence, 'refer-again', (one) => {
      if (one.reply.status !== 409) return fail(`${line(one)}.`, 'refer', 'refer-again');
      const codes = issueCodes(json(one));
      return codes.includes('duplicate')
        ? passOn('refer', 'refer-again')
        : fail(`409 with issue code ${codes.join(', ') || 'none'}.`, 'refer-again');
    });
  });

const answeredOnce = (evidence: Evidence): Judgement =>
  onResponse(evidence, () => {
    const about = idsOf(sentIn(evidence, 'refer'));
    const mine = responses(evidence).filter(({ request }) => about.includes(answeredIn(parsed(request.body))));
    const bundles = new Set(mine.map(({ request }) => at(parsed(request.body), 'id')));
    const statuses = mine.map(({ request }) =>
      list(at(parsed(request.body), 'entry'))
        .map((entry) => at(entry, 'resource', 'status'))
        .join(),
    );
    return bundles.size > new Set(statuses).size
      ? fail(`${bundles.size} different responses say the same.`, ...mine.map(({ step }) => step))
      : passOn(...mine.map(({ step }) => step));
  });

const asksNothing = (evidence: Evidence): Judgement => {
  const acks = evidence.observations.filter(({ step, reply }) => step === 'refer' && reply !== undefined);
  const [ack] = acks;
  if (ack === undefined) return on(evidence, 'refer', () => pass);
  const asks = /respond-async|"(?:BusAckRequested|InfAckRequested)"\s*:\s*(?:"true"|true)/i;
  return asks.test(`${ack.reply?.body ?? ''} ${ack.reply?.headers.prefer ?? ''}`)
    ? fail('The acknowledgement asks to be acknowledged.', 'refer')
    : passOn('refer');
};

/** Between two systems there may be no other referral than the one that is taken back. */
const referredToCancel = ({ observations }: Evidence): string => {
  const has = (name: string): boolean => observations.some(({ step }) => step === name);
  return has('cancel') && !has('refer-to-cancel') ? 'refer' : 'refer-to-cancel';
};

const cancels = (evidence: Evidence): Judgement =>
  on(evidence, referredToCancel(evidence), ({ reply }) =>
    reply.status >= 300
      ? skip(`not observed: the referral was answered ${reply.status}`)
      : on(evidence, 'cancel', (one) => (one.reply.status < 300 ? passOn('cancel') : fail(`${line(one)}.`, 'cancel'))),
  );

/** By mail they show otherwise: checks-mail*.ts. */
const OVER_HTTP = ['fhir-r4', 'bars'];

const overHttp: readonly Check[] = [
  {
    id: 'rra-01-acknowledged',
    requirements: ['RRA-01'],
    title: 'A referral is acknowledged at once',
    failure: 'The request was not acknowledged technically, at once.',
    judge: acknowledged,
  },
  {
    id: 'rra-04-request-id',
    requirements: ['RRA-04'],
    title: 'The business response has an X-Request-ID of its own',
    failure: 'The business response has no X-Request-ID of its own.',
    judge: newId,
  },
  {
    id: 'rra-04-correlation',
    requirements: ['RRA-04'],
    title: 'The business response carries the X-Correlation-ID of the request',
    failure: 'The business response does not carry the X-Correlation-ID of the request.',
    judge: sameCorrelation,
  },
  {
    id: 'rra-05-identifier',
    requirements: ['RRA-05'],
    title: 'The business response names the request that it answers',
    failure: 'response.identifier does not name the request.',
    judge: identifies,
  },
  {
    id: 'rra-05-code',
    requirements: ['RRA-05'],
    title: 'The business response has a response.code',
    failure: 'response.code is missing, or none of ok, transient-error and fatal-error.',
    judge: saysHow,
  },
  {
    id: 'rra-07-duplicate',
    requirements: ['RRA-07'],
    title: 'A request that was processed is refused as a duplicate',
    failure: 'What had been processed was not refused with 409 and issue code duplicate when it came again.',
    judge: refusedAgain,
  },
  {
    id: 'rra-07-one-effect',
    requirements: ['RRA-07'],
    title: 'A request that comes twice is answered once',
    failure: 'The request that came twice had two effects.',
    judge: answeredOnce,
  },
  {
    id: 'rra-12-acknowledgement',
    requirements: ['RRA-12'],
    title: 'The acknowledgement asks for none',
    failure: 'The technical acknowledgement asks for an acknowledgement.',
    judge: asksNothing,
  },
  {
    id: 'rra-14-message',
    requirements: ['RRA-14'],
    title: 'A referral can be revoked by a message',
    failure: 'A referral that was waiting could not be revoked.',
    judge: cancels,
  },
];

export const checks: readonly Check[] = overHttp.map((check) => ({ dialects: OVER_HTTP, ...check }));
