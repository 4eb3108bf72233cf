import { all, type Check, fail, type Judgement, pass, skip } from '../../sandbox/conformance/check.ts';
import { type Answered, at, type Evidence, line, list, on } from '../../sandbox/conformance/evidence.ts';
import { keptOut } from '../../sandbox/conformance/kept-out.ts';
import { codesOf } from '../../sandbox/conformance/shared-checks.ts';
import { check, ok, RECORDS, said, sameGender, toldIn, value } from './judging.ts';

const created = (evidence: Evidence): Judgement =>
  on(evidence, 'create', (one) =>
    one.reply.status === 201 && one.reply.headers.location !== undefined
      ? pass
      : fail(`${line(one)}, Location ${one.reply.headers.location ?? 'missing'}.`, 'create'),
  );

const readByOther = (evidence: Evidence): Judgement =>
  on(evidence, 'read-other', (one) => (one.reply.status === 200 ? pass : fail(said(one), 'read-other')));

const single = (evidence: Evidence): Judgement => {
  const refused = on(evidence, 'create-again', (one) => {
    const { duplicate } = toldIn(evidence);
    if (duplicate === undefined)
      return one.reply.status === 201 ? fail(`${line(one)}, a second time.`, one.step) : pass;
    const [status, code] = duplicate;
    return one.reply.status === status && codesOf(one).includes(code)
      ? pass
      : fail(`Expected ${status} with ${code}: ${said(one)}`, one.step);
  });
  const found = on(evidence, 'find-identifier', (one) => {
    const matches = list(value(one, 'entry')).filter(
      (entry) => at(entry, 'search', 'mode') !== 'include' && at(entry, 'search', 'mode') !== 'outcome',
    );
    if (one.reply.status !== 200) return skip(`not observed: the search was answered ${one.reply.status}`);
    return matches.length > 1 ? fail(`${matches.length} records have the identifier.`, one.step) : pass;
  });
  return all([refused, found]);
};

const stale = (evidence: Evidence): Judgement =>
  on(evidence, 'update-current', (current) => {
    if (!ok(current)) return fail(`The current version is refused, too: ${said(current)}`, current.step);
    const { stale: expected, changes } = toldIn(evidence);
    const [status, code] = expected;
    const refused = on(evidence, 'update-stale', (one) =>
      one.reply.status === status && (code === undefined || codesOf(one).includes(code))
        ? pass
        : fail(said(one), one.step),
    );
    const kept =
      changes === 'people' ? sameGender(evidence, 'after-stale') : keptOut(evidence, 'update-stale', 'after-stale');
    return all([refused, kept]);
  });

/** The version that an answer tells: in a header of its own, or in the resource. */
const versionOf = (evidence: Evidence, one: Answered): number =>
  Number(toldIn(evidence).version === 'e-tag' ? one.reply.headers['e-tag'] : value(one, 'meta', 'versionId'));

const counts = (evidence: Evidence): Judgement =>
  on(evidence, 'read', (before) =>
    on(evidence, toldIn(evidence).changes === 'people' ? 'update-current' : 'after-current', (after) => {
      const [from, to] = [versionOf(evidence, before), versionOf(evidence, after)];
      if (Number.isNaN(from) || Number.isNaN(to))
        return fail('The version is no number that could be counted.', after.step);
      return to === from + 1 ? pass : fail(`From ${from} it went to ${to}.`, before.step, after.step);
    }),
  );

const before = (evidence: Evidence): Judgement =>
  on(evidence, 'read-before', (one) => {
    if ([404, 405, 501].includes(one.reply.status))
      return fail(`The version before cannot be read: ${line(one)}.`, one.step);
    return one.reply.status === 200 && value(one, 'language') !== 'en-GB'
      ? pass
      : fail(`${line(one)}, as it is now.`, one.step);
  });

const sameIds = (evidence: Evidence): Judgement => {
  const id = on(evidence, 'update-other-id', (one) =>
    one.reply.status === 400 ? pass : fail(`With another id, for which 400 is expected: ${said(one)}`, one.step),
  );
  const identifier = on(evidence, 'update-other-identifier', (one) =>
    one.reply.status >= 400 && one.reply.status < 500 ? pass : fail(`With another identifier: ${said(one)}`, one.step),
  );
  const kept = on(evidence, 'read', (first) =>
    on(evidence, 'after-other-identifier', (after) =>
      JSON.stringify(value(first, 'identifier', 0, 'value')) === JSON.stringify(value(after, 'identifier', 0, 'value'))
        ? pass
        : fail('The identifier was changed.', after.step),
    ),
  );
  return all([id, identifier, kept]);
};

/** What a repository has to keep to about records and their versions, judged by what it did when it was driven. */
export const checks: readonly Check[] = [
  check(
    'shr-01-created',
    'SHR-01',
    'A create is answered 201 with Location',
    'A create is not answered 201 with Location.',
    created,
    RECORDS,
  ),
  check(
    'shr-01-other',
    'SHR-01',
    'A second organisation reads it at once',
    'A second organisation cannot read what was just written.',
    readByOther,
    RECORDS,
  ),
  check(
    'shr-02-single',
    'SHR-02',
    'The same identifier makes no second record',
    'The same identifier made a second record, or is refused in another way.',
    single,
    RECORDS,
  ),
  check(
    'shr-03-stale',
    'SHR-03',
    'A stale version is refused in the dialect’s way and changes nothing',
    'A stale version is not refused in the dialect’s way and without effect.',
    stale,
  ),
  check(
    'shr-05-counts',
    'SHR-05',
    'Each change makes the version one higher',
    'The version does not go up by one.',
    counts,
  ),
  check(
    'shr-05-before',
    'SHR-05',
    'The version before can be read',
    'The version before a change cannot be read any more.',
    before,
    ['fhir-r4'],
  ),
  check(
    'shr-06-ids',
    'SHR-06',
    'Neither the id nor the identifier of a record changes',
    'An update changed the identifier, or went through with another id than that of the path.',
    sameIds,
    RECORDS,
  ),
];
