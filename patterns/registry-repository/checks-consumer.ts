import { fail, type JournalCheck, type Judgement, passOn, skip } from '../../sandbox/conformance/check.ts';
import { brief, type JournalEvidence } from '../../sandbox/conformance/journal-evidence.ts';
import { bareUrl, isFailed, retrievals, searches, shown } from './seen-pointers.ts';

const SHOWN = 10;
const CONSUMER = ['requester'];

const follows = (evidence: JournalEvidence): Judgement => {
  const asked = retrievals(evidence);
  for (const one of asked) {
    // When an exchange ended is counted more finely than when one began, so beginnings are compared.
    const known = shown(evidence).filter(({ exchange }) => exchange.began <= one.began);
    if (!known.some(({ urls }) => urls.map(bareUrl).includes(bareUrl(one.request.url))))
      return fail(`${brief(one)} at ${one.to}, to which no pointer had led it.`, one.id);
  }
  if (asked.length > 0) return passOn(...asked.slice(0, SHOWN).map(({ id }) => id));
  return searches(evidence).length === 0
    ? skip('it has not asked the registry')
    : skip(
        'it has fetched nothing',
        ...searches(evidence)
          .slice(0, SHOWN)
          .map(({ exchange }) => exchange.id),
      );
};

/** Its next question to the registry is another matter. */
const goesOn = (evidence: JournalEvidence): Judgement => {
  const found = searches(evidence);
  const asked = retrievals(evidence);
  const passed: string[] = [];
  let failures = false;
  for (const [index, { exchange, pointers }] of found.entries()) {
    const until = found[index + 1]?.exchange.began ?? Number.POSITIVE_INFINITY;
    const mine = asked.filter(({ began }) => began >= exchange.began && began < until);
    const failed = mine.find(isFailed);
    if (failed === undefined) continue;
    failures = true;
    const places = [...new Set(pointers.flatMap(({ urls }) => urls.map(bareUrl)))].filter((url) =>
      url.startsWith('http'),
    );
    if (places.length < 2) continue;
    const left = places.filter((url) => !mine.some(({ request }) => bareUrl(request.url) === url));
    if (left.length > 0)
      return fail(
        `${brief(failed)} at ${failed.to}, and ${left.length} of ${places.length} other addresses were not asked: ${left[0] ?? ''}.`,
        exchange.id,
        failed.id,
      );
    passed.push(exchange.id, ...mine.map(({ id }) => id));
  }
  if (passed.length > 0) return passOn(...passed.slice(0, SHOWN));
  return failures ? skip('what could not be fetched was all that there was') : skip('no repository has failed it');
};

/** What a system that looks for records has to keep to, judged by what it did in a sandbox. */
export const checks: readonly JournalCheck[] = [
  {
    id: 'reg-09-follows',
    requirements: ['REG-09'],
    reads: 'journal',
    participants: CONSUMER,
    title: 'Records are fetched from where pointers lead',
    failure: 'It asked a repository for something to which no pointer had led it.',
    stimulus: { todo: 'Let your system find the pointers about 9000000009, and fetch what they lead to.' },
    judge: follows,
  },
  {
    id: 'reg-11-goes-on',
    requirements: ['REG-11'],
    reads: 'journal',
    participants: CONSUMER,
    title: 'When one repository fails, the others are asked all the same',
    failure: 'When one repository failed, what others hold was not asked for.',
    stimulus: {
      todo: 'Switch on the fault, and let your system find and fetch what there is about 9000000009; or look for 9000000025, of whom one repository refuses to give anything.',
      fault: { participant: 'repository', times: 1, effect: { kind: 'status', status: 503 } },
    },
    judge: goesOn,
  },
];
