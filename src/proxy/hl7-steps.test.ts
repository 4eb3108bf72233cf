import { expect, it } from 'vitest';
import { journalEvidenceOf, type Seen } from '../../sandbox/conformance/journal-evidence-of.ts';
import { nameHl7Steps } from './hl7-steps.ts';

const message = (id: string, more = '|||', pid = '9990000026', type = 'ADT^A28'): string =>
  `MSH|^~\\&|PAS|RCB|||20261128||${type}|${id}|T|2.4${more}\rPID|1||${pid}\r`;
const ack = (code: string): string => `MSH|^~\\&|||PAS|RCB|20261128||ACK^A28|9|T|2.4\rMSA|${code}|1\r`;
const sent = (body: string, code: string): Seen => ({ kind: 'mllp', to: 'recipient', body, answer: ack(code) });

it('names messages that merely passed by what they were, and leaves what says nothing its id', () => {
  const { exchanges } = journalEvidenceOf('fhir-r4', 'sender', {
    first: sent(message('1'), 'AA'),
    order: sent(message('2', '|||', '', 'ORM^O01'), 'AE'),
    nobody: sent(message('3', '|||', ''), 'AA'),
    enhanced: sent(message('4', '|||AL|NE'), 'CE'),
    again: sent(message('5', '|||AL|NE'), 'AA'),
    twice: sent(message('6'), 'AA'),
    second: sent(message('6'), 'AA'),
    third: sent(message('6'), 'AA'),
  });
  expect(nameHl7Steps(exchanges).map(([{ id }, step]) => [id, step])).toEqual([
    ['first', 'first'],
    ['order', 'order'],
    ['nobody', 'hl7-no-patient'],
    ['enhanced', 'enhanced'],
    ['again', 'hl7-enhanced'],
    ['twice', 'hl7-accepted'],
    ['second', 'hl7-again'],
    ['third', 'third'],
  ]);
});
