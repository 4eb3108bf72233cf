import { all, type Check, fail, type Judgement, pass, passOn, skip } from '../../sandbox/conformance/check.ts';
import { type Answered, at, type Evidence, line, on } from '../../sandbox/conformance/evidence.ts';
import {
  brief,
  type JournalEvidence,
  parsed,
  pathOf,
  type SeenExchange,
  sentBy,
} from '../../sandbox/conformance/journal-evidence.ts';
import { codesOf } from '../../sandbox/conformance/shared-checks.ts';
import { currentVersion, ok, value } from './judging.ts';
import { ids, recordOf } from './seen-records.ts';

const malformedId = (evidence: Evidence): Judgement =>
  on(evidence, 'read-malformed', (one) => {
    if (one.reply.status !== 400) return fail(`${line(one)}.`, 'read-malformed');
    const same = (other: Answered) =>
      codesOf(other).join() === codesOf(one).join()
        ? fail(`Both say ${codesOf(one).join() || 'nothing'}.`, 'read-malformed', 'read-unknown')
        : pass;
    return on(evidence, 'read-unknown', same);
  });

const refusedWith = (evidence: Evidence, step: string, status: number, code: string): Judgement =>
  on(evidence, step, (one) =>
    one.reply.status === status && codesOf(one).includes(code)
      ? pass
      : fail(`${line(one)}: ${codesOf(one).join() || 'no code'}.`, step),
  );

const versionKept = (evidence: Evidence): Judgement =>
  on(evidence, 'patch-current', (current) =>
    on(evidence, 'after-stale', (after) => {
      if (!ok(current))
        return skip(`not observed: the patch with the current version was answered ${current.reply.status}`);
      const [expected, found] = [value(current, 'meta', 'versionId'), value(after, 'meta', 'versionId')];
      return expected === found
        ? pass
        : fail(
            `The version went from ${String(expected)} to ${String(found)} though the patch was refused.`,
            'patch-stale',
            'after-stale',
          );
    }),
  );

const sameGender =
  (step: string) =>
  (evidence: Evidence): Judgement =>
    on(evidence, 'read', (before) =>
      on(evidence, step, (after) =>
        value(before, 'gender') === value(after, 'gender')
          ? pass
          : fail('The record was changed all the same: gender differs from what was read first.', step),
      ),
    );

const goesOn = (evidence: JournalEvidence): Judgement => {
  const sent = sentBy(evidence);
  const moved = sent.flatMap((read) => {
    const record = recordOf(read);
    const id = at(parsed(read.reply), 'id');
    if (read.request.method !== 'GET' || read.reply?.status !== 200 || typeof id !== 'string') return [];
    return record === undefined || record === `Patient/${id}` || !record.startsWith('Patient/')
      ? []
      : [{ read, old: record, now: `Patient/${id}` }];
  });
  const after = (read: SeenExchange, record: string) =>
    sent.filter(
      (later) =>
        later.began >= read.ended &&
        (pathOf(later) === `/${record}` ||
          pathOf(later).startsWith(`/${record}/`) ||
          pathOf(later).startsWith(`/${record}?`)),
    );
  for (const { read, old, now } of moved) {
    // To look the old number up again is somebody else's question; to change it or to ask on about it is not.
    const wrong = after(read, old).find((later) => later.request.method !== 'GET' || recordOf(later) === undefined);
    if (wrong !== undefined)
      return fail(`${old} was answered with ${now}, and then ${brief(wrong)}.`, read.id, wrong.id);
  }
  const right = moved.flatMap(({ read, now }) => after(read, now).map((later) => [read, later]));
  if (right.length > 0) return passOn(...ids(right.flat()));
  return moved.length === 0
    ? skip('no read was answered with another id than was asked for')
    : skip('after a superseded number it has asked nothing more', ...ids(moved.map(({ read }) => read)));
};

/** What the Personal Demographics Service has of malformed numbers, patches and superseded numbers. */
export const checks: readonly Check[] = [
  {
    id: 'rrs-05-malformed',
    requirements: ['RRS-05'],
    title: 'A malformed id is answered 400, with a code of its own',
    failure: 'A malformed id is not answered 400 with a code that differs from that of an unknown one.',
    dialects: ['pds'],
    judge: malformedId,
  },
  {
    id: 'rrs-04-pds-missing',
    requirements: ['RRS-04'],
    title: 'A patch without If-Match is refused with 412 PRECONDITION_FAILED',
    failure: 'A patch without If-Match is not refused with 412 PRECONDITION_FAILED and without effect.',
    dialects: ['pds'],
    judge: (evidence) =>
      all([
        refusedWith(evidence, 'patch-without-precondition', 412, 'PRECONDITION_FAILED'),
        sameGender('after-stale')(evidence),
      ]),
  },
  {
    id: 'rrs-04-pds-current',
    requirements: ['RRS-04'],
    title: 'A patch with the current version is accepted',
    failure: 'A patch with the current version in If-Match is refused.',
    dialects: ['pds'],
    judge: currentVersion('patch-current'),
  },
  {
    id: 'rrs-04-pds-stale',
    requirements: ['RRS-04'],
    title: 'A stale If-Match is refused with 409 RESOURCE_VERSION_MISMATCH and changes nothing',
    failure: 'A stale If-Match is not refused with 409 RESOURCE_VERSION_MISMATCH and without effect.',
    dialects: ['pds'],
    judge: (evidence) =>
      all([refusedWith(evidence, 'patch-stale', 409, 'RESOURCE_VERSION_MISMATCH'), versionKept(evidence)]),
  },
  {
    id: 'rrs-08-pds-test-first',
    requirements: ['RRS-08'],
    title: 'A remove of a list item that no test precedes is refused with 400, and nothing is applied',
    failure: 'A patch with a remove that no test precedes is not refused with 400 as a whole.',
    dialects: ['pds'],
    judge: (evidence) => {
      const refused = on(evidence, 'patch-broken', (one) =>
        one.reply.status === 400 ? pass : fail(`${line(one)}.`, one.step),
      );
      return all([refused, sameGender('after-broken')(evidence)]);
    },
  },
  {
    id: 'rrs-06-returned-id',
    requirements: ['RRS-06'],
    reads: 'journal',
    title: 'After a superseded number it goes on with the one that was returned',
    failure: 'It goes on with an NHS number that the answer had replaced.',
    dialects: ['pds'],
    stimulus: {
      todo: 'Let your system look up a superseded NHS number (one of the examples of this sandbox), and then change that record or ask for its related people.',
    },
    judge: goesOn,
  },
];
