import { type Check, fail, type Judgement, omit, pass, passOn, skip } from '../../sandbox/conformance/check.ts';
import { at, type Evidence, json, line, on } from '../../sandbox/conformance/evidence.ts';

const contentLocation = (evidence: Evidence): Judgement =>
  on(evidence, 'put-off', (one) => {
    if (one.reply.status === 201 || one.reply.status === 200)
      return omit('the request was answered at once, as RFC 7240 lets a server do');
    if (one.reply.status !== 202) return fail(`${line(one)}.`, 'put-off');
    const found = one.reply.headers['content-location'];
    return found !== undefined && /^https?:\/\//.test(found)
      ? passOn('put-off')
      : fail(`Content-Location is ${found ?? 'missing'}; it has to be an absolute URL.`, 'put-off');
  });

const isStatus = (step: string): boolean => /^status-(first|\d+)$/.test(step);

const asksAnswered = (evidence: Evidence): Judgement => {
  const asked = evidence.observations.filter(({ step }) => isStatus(step));
  const last = asked.at(-1);
  if (last === undefined) return on(evidence, 'status-first', () => pass);
  const odd = asked.find(({ reply }) => ![200, 202, 429].includes(reply?.status ?? 0));
  if (odd !== undefined) return fail(`${line(odd)}.`, odd.step);
  if (last.reply?.status !== 200)
    return skip('not observed: there was no answer yet when the run had waited long enough (timeout)');
  return json({ ...last, reply: last.reply }) === undefined
    ? fail(`${line(last)}, without an answer in it.`, last.step)
    : passOn(last.step);
};

const cancelsAtStatus = (evidence: Evidence): Judgement =>
  on(evidence, 'cancel-status', (one) => {
    if (one.reply.status !== 202) return fail(`${line(one)}; expected 202.`, 'cancel-status');
    return on(evidence, 'status-cancelled', (after) =>
      after.reply.status === 404 || after.reply.status === 410
        ? passOn('cancel-status', 'status-cancelled')
        : fail(`${line(after)} after it was cancelled.`, 'cancel-status', 'status-cancelled'),
    );
  });

const neverSilent = (evidence: Evidence): Judgement =>
  on(evidence, 'status-cancelled', (one) => {
    if (one.reply.status < 400) return fail(`${line(one)}; nothing is there any more.`, one.step);
    return at(json(one), 'resourceType') === 'OperationOutcome'
      ? passOn(one.step)
      : fail(`${line(one)}, without an OperationOutcome.`, one.step);
  });

/** The asynchronous interaction of FHIR: a 202, and an address where to ask. */
export const checks: readonly Check[] = [
  {
    id: 'rra-02-content-location',
    requirements: ['RRA-02'],
    dialects: ['fhir-r4'],
    title: 'A request that is put off says, absolutely, where to ask',
    failure: 'The 202 does not say with an absolute Content-Location where to ask.',
    judge: contentLocation,
  },
  {
    id: 'rra-02-status',
    requirements: ['RRA-02'],
    dialects: ['fhir-r4'],
    title: 'The status address answers 202 until it is done, and then 200',
    failure: 'The status address did not answer 202 until it was done, and then 200 with the answer.',
    judge: asksAnswered,
  },
  {
    id: 'rra-14-status',
    requirements: ['RRA-14'],
    dialects: ['fhir-r4'],
    title: 'A request that was put off can be cancelled',
    failure: 'DELETE of the status address did not cancel the request.',
    judge: cancelsAtStatus,
  },
  {
    id: 'rra-13-never-silent',
    requirements: ['RRA-13'],
    dialects: ['fhir-r4'],
    title: 'What fails is told, with an OperationOutcome',
    failure: 'A failure was not told with an OperationOutcome.',
    judge: neverSilent,
  },
];
