import { type Check, fail, type Judgement, pass, skip } from '../../sandbox/conformance/check.ts';
import { at, type Evidence, line, list, on } from '../../sandbox/conformance/evidence.ts';
import { codesOf } from '../../sandbox/conformance/shared-checks.ts';
import { NHS_NUMBER_SYSTEM } from '../../sandbox/nhs-number.ts';
import { check } from './check-row.ts';
import { isThere, lacking, PRODUCERS } from './checks-producer.ts';
import { madeIn, text } from './drive-pointer.ts';

const prefixed = (evidence: Evidence): Judgement =>
  on(evidence, 'create', (one) => {
    const id = madeIn(one);
    if (id === undefined) return skip('not observed: no pointer was registered');
    const sent: unknown = JSON.parse(one.request.body ?? '{}');
    const code = text(at(sent, 'custodian', 'identifier', 'value'));
    return id.startsWith(`${code}-`) ? pass : fail(`The id is ${id}, and the custodian ${code}.`, 'create');
  });

const superseded = (evidence: Evidence): Judgement =>
  on(evidence, 'supersede', (made) => {
    if (made.reply.status !== 201) return skip('not observed: no pointer replaced another');
    const codes = codesOf(made);
    return codes.includes('RESOURCE_SUPERSEDED')
      ? pass
      : fail(`It says ${codes.join() || 'nothing'}, and not RESOURCE_SUPERSEDED.`, 'supersede');
  });

const unknown = (evidence: Evidence): Judgement =>
  on(evidence, 'search-unknown-parameter', (one) =>
    one.reply.status === 400 ? pass : fail(`${line(one)}.`, 'search-unknown-parameter'),
  );

const STABILITY = /\/Extension-England-ContentStability$/;

/** What the National Record Locator asks for beside what every pointer has. */
const missingIn = (pointer: unknown): string[] => {
  const isNumber = at(pointer, 'subject', 'identifier', 'system') === NHS_NUMBER_SYSTEM;
  const ofContents = list(at(pointer, 'content')).flatMap((content, index) => [
    ...(isThere(at(content, 'format', 'code')) ? [] : [`content[${index}].format`]),
    ...(list(at(content, 'extension')).some((one) => STABILITY.test(String(at(one, 'url'))))
      ? []
      : [`content[${index}].extension (content stability)`]),
  ]);
  return [
    ...(isNumber ? [] : ['the NHS number of the subject']),
    ...ofContents,
    ...(list(at(pointer, 'category')).length === 1 ? [] : ['one category']),
    ...(isThere(at(pointer, 'author', 0, 'identifier', 'value')) ? [] : ['author']),
  ];
};

const dialects = ['nrl'];
const ONLY = { dialects };

/** What is asked in the National Record Locator alone. */
export const checks: readonly Check[] = [
  check(
    'reg-01-prefix',
    'The id begins with the code of the custodian',
    'The id of a pointer does not begin with the code of its custodian.',
    prefixed,
    ONLY,
  ),
  check(
    'reg-05-superseded',
    'Whoever replaced a pointer is told so',
    'The answer to a pointer that replaces another does not say RESOURCE_SUPERSEDED.',
    superseded,
    ONLY,
  ),
  check(
    'reg-08-unknown',
    'An unknown parameter is refused with 400',
    'An unknown parameter of a search was not refused with 400.',
    unknown,
    ONLY,
  ),
  {
    id: 'reg-03-located',
    requirements: ['REG-03'],
    reads: 'journal',
    participants: PRODUCERS,
    dialects,
    title: 'Every pointer has what the National Record Locator asks for',
    failure: 'A pointer lacks what the National Record Locator asks for.',
    stimulus: { todo: 'Let your system register a document.' },
    judge: lacking(missingIn),
  },
];
