import { hasValidCheckDigit } from '../nhs-number.ts';
import { fail, type JournalCheck, type Judgement, passOn, skip } from './check.ts';
import { messagesIn, named, type SeenMessage } from './hl7-evidence.ts';
import { type JournalEvidence, sentBy, sentTo } from './journal-evidence.ts';

const SHOWN = 10;
const idsOf = (messages: readonly SeenMessage[]): string[] =>
  messages.slice(0, SHOWN).map(({ exchange }) => exchange.id);
const sentHl7 = (evidence: JournalEvidence): readonly SeenMessage[] => messagesIn(sentBy(evidence, 'mllp'));
/** What it asks of others, without its own acknowledgements. */
const asked = (evidence: JournalEvidence): readonly SeenMessage[] =>
  sentHl7(evidence).filter(({ message }) => message.count('MSA') === 0);

const segmentEnds = (evidence: JournalEvidence): Judgement => {
  const sent = sentHl7(evidence);
  const wrong = sent.find(({ exchange: { request } }) => request.body.includes('\n') || !/\r$/.test(request.body));
  if (wrong !== undefined) {
    const how = wrong.exchange.request.body.includes('\n') ? 'has line feeds' : 'does not end its last segment';
    return fail(`${named(wrong.message)} ${how}.`, wrong.exchange.id);
  }
  return sent.length === 0 ? skip('it has sent no HL7 v2 message') : passOn(...idsOf(sent));
};

/** In original mode, and in enhanced mode where MSH-15 asks for it always. */
const expectsAnswer = ({ message }: SeenMessage): boolean =>
  (message.encoded('MSH-15') === '' && message.encoded('MSH-16') === '') || message.encoded('MSH-15') === 'AL';

const unanswered = (one: SeenMessage): boolean =>
  expectsAnswer(one) && one.reply?.encoded('MSA-2') !== one.message.encoded('MSH-10');

const comparesId = (evidence: JournalEvidence): Judgement => {
  const sent = asked(evidence);
  const open = sent.filter(unanswered);
  const sameId = (one: SeenMessage, other: SeenMessage): boolean =>
    one.message.encoded('MSH-10') === other.message.encoded('MSH-10') && one.exchange.to === other.exchange.to;
  const later = (one: SeenMessage): readonly SeenMessage[] =>
    sent.filter(({ exchange }) => exchange.began >= one.exchange.ended && exchange.to === one.exchange.to);
  for (const one of open) {
    const after = later(one);
    const went = after.find((other) => !sameId(one, other));
    if (went !== undefined && !after.some((other) => sameId(one, other)))
      return fail(
        `${named(one.message)} was not acknowledged${one.reply === undefined ? '' : ` (MSA-2 was ${one.reply.encoded('MSA-2')})`}, and ${named(went.message)} came next.`,
        one.exchange.id,
        went.exchange.id,
      );
  }
  const again = open.filter((one) => later(one).some((other) => sameId(one, other)));
  if (again.length > 0) return passOn(...idsOf(again));
  return open.length === 0
    ? skip('every message got its own acknowledgement')
    : skip('after a message that was not acknowledged it has sent nothing', ...idsOf(open));
};

const isAccept = ({ reply }: SeenMessage): boolean => /^C[AER]$/.test(reply?.encoded('MSA-1') ?? '');

const silent = (evidence: JournalEvidence): Judgement => {
  const accepts = new Map(
    asked(evidence)
      .filter(isAccept)
      .map((one) => [one.reply?.encoded('MSH-10') ?? '', one]),
  );
  const wrong = sentHl7(evidence).find(
    ({ message }) => message.count('MSA') > 0 && accepts.has(message.encoded('MSA-2')),
  );
  if (wrong !== undefined)
    return fail(`It answered an accept acknowledgement with ${wrong.message.encoded('MSA-1')}.`, wrong.exchange.id);
  const applied = messagesIn(sentTo(evidence, 'mllp')).filter(
    ({ message }) => message.encoded('MSH-15') === 'AL' && /^A[AER]$/.test(message.encoded('MSA-1')),
  );
  const mute = applied.find((one) => !isAccept(one));
  if (mute !== undefined)
    return fail(
      `The application acknowledgement ${mute.message.encoded('MSH-10')} was answered ${mute.reply?.encoded('MSA-1') ?? 'with nothing'} instead of CA.`,
      mute.exchange.id,
    );
  const rests = [...accepts.values(), ...applied];
  return rests.length === 0 ? skip('no accept acknowledgement came to it') : passOn(...idsOf(rests));
};

const itk = (evidence: JournalEvidence): Judgement => {
  const sent = asked(evidence);
  for (const { message, exchange } of sent) {
    const wrong = (what: string): Judgement => fail(`${named(message)}: ${what}.`, exchange.id);
    const mode = ['MSH-15', 'MSH-16'].find((path) => message.encoded(path) !== '');
    if (mode !== undefined) return wrong(`${mode} is ${message.encoded(mode)}, and ITK leaves it empty`);
    if (!/^[A-Z0-9]{3,10}$/.test(message.text('MSH-4')))
      return wrong(`MSH-4 "${message.text('MSH-4')}" is no ODS code`);
    if (message.encoded('MSH-21') === '') return wrong('MSH-21 names no profile');
    if (message.count('PID') > 0 && message.text('PID-3.1') === '') return wrong('PID-3 is empty');
    for (let place = 1; place <= message.count('PID-3'); place += 1) {
      const [number, authority] = [message.text(`PID-3[${place}].1`), message.text(`PID-3[${place}].4`)];
      if (authority === 'NHS' && !hasValidCheckDigit(number)) return wrong(`${number} in PID-3 is no valid NHS number`);
    }
  }
  return sent.length === 0 ? skip('it has sent no HL7 v2 message') : passOn(...idsOf(sent));
};

const SEND = 'Let your system send an HL7 v2 message to the MLLP address of this sandbox.';

/** What everybody has to keep to who sends HL7 v2 over MLLP, whatever the pattern. */
export const hl7JournalChecks: readonly JournalCheck[] = [
  {
    id: 'v2-01-sent-segments',
    requirements: ['V2-01'],
    reads: 'journal',
    title: 'Segments end with a carriage return',
    failure: 'The segments of a message are not ended by a carriage return.',
    stimulus: { todo: SEND },
    judge: segmentEnds,
  },
  {
    id: 'v2-03-compares',
    requirements: ['V2-03'],
    reads: 'journal',
    title: 'What was not acknowledged under its own control id is sent again',
    failure: 'It took the acknowledgement of another message, or none, for success.',
    stimulus: {
      todo: 'Switch on the fault, let your system send a message, and wait until it sends again or goes on.',
      fault: { times: 1, effect: { kind: 'mllp', as: 'wrong-id' } },
    },
    judge: comparesId,
  },
  {
    id: 'v2-08-sent',
    requirements: ['V2-08'],
    reads: 'journal',
    title: 'An accept acknowledgement is not answered; an application acknowledgement is accepted',
    failure: 'An acknowledgement of enhanced mode is handled wrongly.',
    stimulus: { todo: 'Let your system send a message in enhanced mode (MSH-15 AL).' },
    judge: silent,
  },
  {
    id: 'v2-11-itk',
    requirements: ['V2-11'],
    reads: 'journal',
    title: 'Messages are as the ITK has them',
    failure: 'A message is not as ITK HL7 V2 ADT v1.1 has it.',
    dialects: ['hl7v2-itk'],
    stimulus: { todo: SEND },
    judge: itk,
  },
];
