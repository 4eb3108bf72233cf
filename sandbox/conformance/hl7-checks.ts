import type { Hl7Message } from '../hl7v2/message.ts';
import { all, any, fail, type Judgement, omit, pass, passOn, skip, type TargetCheck } from './check.ts';
import { type Evidence, on } from './evidence.ts';
import { type Acknowledged, acknowledged, named, onHl7 } from './hl7-evidence.ts';
import { hasOriginalModeOnly, kindOf } from './hl7-kinds.ts';

const OTHERWISE = ['hl7-byte-by-byte', 'hl7-first-of-two', 'hl7-second-of-two'];

/** Acknowledgements that answer the message before them and nothing else. */
const plain = (evidence: Evidence): readonly Acknowledged[] =>
  acknowledged(evidence).filter(({ step }) => !['hl7-after-never', 'hl7-after-accept'].includes(step));

const each = (evidence: Evidence, judge: (of: Acknowledged) => Judgement): Judgement => {
  const those = plain(evidence);
  if (those.length === 0) return skip('no message was acknowledged');
  const judged = all(those.map(judge));
  return judged.verdict === 'pass' ? passOn(...those.map(({ step }) => step)) : judged;
};

const code = (reply: Hl7Message): string => reply.encoded('MSA-1');
const answers = ({ sent, reply }: Acknowledged): boolean => reply.encoded('MSA-2') === sent.encoded('MSH-10');

const framed = (evidence: Evidence): Judgement => {
  const came = (step: string): Judgement => {
    const one = evidence.observations.find((observation) => observation.step === step);
    if (one === undefined) return skip(`not observed: ${evidence.notTaken[step] ?? `"${step}" was not sent`}`);
    if (one.reply === undefined) return fail(`${step}: ${one.broken?.detail ?? 'no acknowledgement'}.`, step);
    return onHl7(evidence, step, (of) =>
      answers(of)
        ? passOn(step)
        : fail(`${step}: ${named(of.sent)} was answered with MSA-2 "${of.reply.text('MSA-2')}".`, step),
    );
  };
  return all(OTHERWISE.map(came));
};

const segmentEnds = (evidence: Evidence): Judgement =>
  each(evidence, ({ step, bytes }) => {
    if (bytes.includes('\n')) return fail(`${step}: there are line feeds between or in the segments.`, step);
    return bytes.endsWith('\r') ? pass : fail(`${step}: the last segment is not ended.`, step);
  });

const namesMessage = (evidence: Evidence): Judgement =>
  each(evidence, (of) =>
    answers(of)
      ? pass
      : fail(`${of.step}: MSA-2 is "${of.reply.text('MSA-2')}", MSH-10 was "${of.sent.text('MSH-10')}".`, of.step),
  );

const ownId = (evidence: Evidence): Judgement => {
  const seen = new Map<string, Acknowledged>();
  return each(evidence, (of) => {
    const { step, sent, reply } = of;
    const id = reply.text('MSH-10');
    if (id === '') return fail(`${step}: MSH-10 of the acknowledgement is empty.`, step);
    if (id === sent.text('MSH-10')) return fail(`${step}: MSH-10 is that of the message it answers, ${id}.`, step);
    const before = seen.get(id);
    // What comes again, however often, gets the same acknowledgement again (V2-10).
    if (before !== undefined && before.sent.encoded('MSH-10') !== sent.encoded('MSH-10'))
      return fail(`${step}: MSH-10 is ${id}, as of the acknowledgement of ${before.step}.`, step);
    seen.set(id, of);
    return pass;
  });
};

const PARTIES = [
  ['MSH-3', 'MSH-5'],
  ['MSH-4', 'MSH-6'],
  ['MSH-5', 'MSH-3'],
  ['MSH-6', 'MSH-4'],
] as const;

const swapped = (evidence: Evidence): Judgement =>
  each(evidence, ({ step, sent, reply }) => {
    const wrong = PARTIES.find(([from, to]) => sent.text(from) !== reply.text(to));
    return wrong === undefined
      ? pass
      : fail(`${step}: ${wrong[1]} is "${reply.text(wrong[1])}", ${wrong[0]} was "${sent.text(wrong[0])}".`, step);
  });

/** The type that a message asks for, such as the RRI of a referral, which only its application gives; it has a trigger of its own. */
const isOwnAnswer = (sent: Hl7Message, reply: Hl7Message): boolean =>
  reply.text('MSH-9.1') === kindOf(sent.text('MSH-9.1'))?.answer && code(reply).startsWith('A');

const typed = (evidence: Evidence): Judgement =>
  each(evidence, ({ step, sent, reply }) => {
    const event = reply.text('MSH-9.2');
    const own = isOwnAnswer(sent, reply);
    if (!own && reply.text('MSH-9.1') !== 'ACK')
      return fail(`${step}: MSH-9 is ${reply.encoded('MSH-9')}, for ${sent.encoded('MSH-9')}.`, step);
    if (!own && event !== sent.text('MSH-9.2'))
      return fail(`${step}: MSH-9 is ${reply.encoded('MSH-9')}, without the trigger ${sent.text('MSH-9.2')}.`, step);
    const changed = ['MSH-11', 'MSH-12'].find((path) => reply.text(path) !== sent.text(path));
    return changed === undefined
      ? pass
      : fail(`${step}: ${changed} is "${reply.text(changed)}", and was "${sent.text(changed)}".`, step);
  });

const coded = (evidence: Evidence, step: string, wanted: string): Judgement =>
  onHl7(evidence, step, ({ reply }) =>
    code(reply) === wanted ? passOn(step) : fail(`${step}: ${code(reply) || 'no code'} instead of ${wanted}.`, step),
  );

const enhanced = (evidence: Evidence): Judgement => {
  if (hasOriginalModeOnly(evidence)) return omit('the dialect has original mode only');
  const refused = onHl7(evidence, 'hl7-enhanced', ({ reply }) =>
    // Who does not offer it says so in the words of original mode, and loses nothing.
    ['AE', 'AR'].includes(code(reply))
      ? skip('enhanced mode is not offered: the message was refused', 'hl7-enhanced')
      : pass,
  );
  return refused.verdict === 'pass' ? coded(evidence, 'hl7-enhanced', 'CA') : refused;
};

/** What comes after something that asks for no answer has to be answered first. */
const first = (evidence: Evidence, step: string, silent: string): Judgement =>
  onHl7(evidence, step, (of) =>
    answers(of)
      ? passOn(step)
      : fail(`After ${silent}: MSA-2 "${of.reply.text('MSA-2')}" came before the answer to ${named(of.sent)}.`, step),
  );

const never = (evidence: Evidence): Judgement =>
  hasOriginalModeOnly(evidence)
    ? omit('the dialect has original mode only')
    : first(evidence, 'hl7-after-never', 'a message with MSH-15 NE');

const explains = (evidence: Evidence): Judgement => {
  const refused = plain(evidence).filter(({ reply }) => ['AE', 'AR', 'CE', 'CR'].includes(code(reply)));
  const mute = refused.find(({ reply }) => {
    const said = ['MSA-3', 'ERR-1', 'ERR-2', 'ERR-3', 'ERR-8'].map((path) => reply.encoded(path));
    return said.every((text) => text === '');
  });
  if (mute !== undefined)
    return fail(`${mute.step}: ${code(mute.reply)}, and neither MSA-3 nor ERR says why.`, mute.step);
  return refused.length === 0 ? skip('nothing was refused') : passOn(...refused.map(({ step }) => step));
};

const sameAgain = (evidence: Evidence): Judgement =>
  on(evidence, 'hl7-accepted', (one) =>
    on(evidence, 'hl7-again', (again) =>
      one.reply.body === again.reply.body
        ? passOn('hl7-accepted', 'hl7-again')
        : fail('The acknowledgement of the same message differs the second time.', 'hl7-accepted', 'hl7-again'),
    ),
  );

const check = (
  id: string,
  requirement: string,
  title: string,
  failure: string,
  judge: (evidence: Evidence) => Judgement,
): TargetCheck => ({ id, requirements: [requirement], title, failure, judge });

/** What everybody has to keep to who receives HL7 v2 over MLLP, whatever the pattern. */
export const hl7Checks: readonly TargetCheck[] = [
  check(
    'v2-01-frames',
    'V2-01',
    'A frame is read byte by byte, and two frames in one piece are both answered in order',
    'Frames are not read as they come.',
    framed,
  ),
  check(
    'v2-01-segments',
    'V2-01',
    'Segments of the acknowledgement end with a carriage return',
    'The segments of the acknowledgement are not ended by a carriage return.',
    segmentEnds,
  ),
  check(
    'v2-02-msa-2',
    'V2-02',
    'MSA-2 is the control id that was sent',
    'The acknowledgement names another message.',
    namesMessage,
  ),
  check(
    'v2-02-own-id',
    'V2-02',
    'Each acknowledgement has a control id of its own',
    'The acknowledgement has no control id of its own.',
    ownId,
  ),
  check(
    'v2-04-parties',
    'V2-04',
    'Sender and receiver change places',
    'The acknowledgement does not go back to the sender.',
    swapped,
  ),
  check(
    'v2-05-type',
    'V2-05',
    'MSH-9 is ACK with the trigger event; MSH-11 and MSH-12 are as they came',
    'The header of the acknowledgement does not fit the message.',
    typed,
  ),
  check('v2-06-accepted', 'V2-06', 'A good message is answered AA', 'A good message is not accepted.', (evidence) =>
    coded(evidence, 'hl7-accepted', 'AA'),
  ),
  check(
    'v2-06-content',
    'V2-06',
    'A message about nobody is answered AE',
    'What has to be put right first is not answered AE.',
    (evidence) => coded(evidence, 'hl7-no-patient', 'AE'),
  ),
  check(
    'v2-06-unsupported',
    'V2-06',
    'A type or version that nobody has is answered AR',
    'What is not supported is not answered AR.',
    (evidence) =>
      any([coded(evidence, 'hl7-unsupported-type', 'AR'), coded(evidence, 'hl7-unsupported-version', 'AR')]),
  ),
  check(
    'v2-07-accept',
    'V2-07',
    'With MSH-15 AL the message is accepted at once',
    'A message in enhanced mode is not answered CA.',
    enhanced,
  ),
  check(
    'v2-07-never',
    'V2-07',
    'With MSH-15 NE nothing is said on the connection',
    'A message that asks for no acknowledgement is acknowledged.',
    (evidence) => never(evidence),
  ),
  check(
    'v2-08-silent',
    'V2-08',
    'An accept acknowledgement is not acknowledged',
    'An accept acknowledgement is answered.',
    (evidence) => first(evidence, 'hl7-after-accept', 'an accept acknowledgement'),
  ),
  check('v2-09-why', 'V2-09', 'A refusal says why', 'A refusal does not say what is wrong.', explains),
  check(
    'v2-10-same',
    'V2-10',
    'The same message gets the same acknowledgement, byte for byte',
    'A message that comes again is not answered as the first time.',
    sameAgain,
  ),
];
