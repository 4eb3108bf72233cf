import { all, type Check, fail, type Judgement, omit, pass, skip } from '../../sandbox/conformance/check.ts';
import { type Answered, at, type Evidence, line, list, on } from '../../sandbox/conformance/evidence.ts';
import { keptOut } from '../../sandbox/conformance/kept-out.ts';
import { check, ok, RECORDS, said, sameGender, toldIn, value } from './judging.ts';

const permission = (evidence: Evidence): Judgement => {
  const refused = on(evidence, 'update-without-right', (one) =>
    one.reply.status === 403 ? pass : fail(said(one), one.step),
  );
  const kept =
    toldIn(evidence).changes === 'people'
      ? sameGender(evidence, 'after-without-right')
      : keptOut(evidence, 'update-without-right', 'after-without-right');
  return all([refused, kept]);
};

const logical = (evidence: Evidence): Judgement => {
  const gone = on(evidence, 'delete', (deleted) => {
    if (!ok(deleted)) return fail(said(deleted), 'delete');
    return on(evidence, 'read-deleted', (one) =>
      [404, 410].includes(one.reply.status) ? pass : fail(`${line(one)} after it was deleted.`, one.step),
    );
  });
  const history = !toldIn(evidence).history
    ? pass
    : on(evidence, 'history-deleted', (one) =>
        one.reply.status === 200 && list(value(one, 'entry')).length > 1
          ? pass
          : fail(`The history: ${line(one)}, ${list(value(one, 'entry')).length} entries.`, one.step),
      );
  const back = on(evidence, 'reinstate', (one) => {
    if (one.reply.status === 405) return omit('the target does not offer to bring records back by an update');
    if (![200, 201].includes(one.reply.status)) return fail(`It was not brought back: ${said(one)}`, one.step);
    return on(evidence, 'read-reinstated', (again) =>
      again.reply.status === 200 ? pass : fail(line(again), again.step),
    );
  });
  return all([gone, history, back]);
};

const recorded = (evidence: Evidence): Judgement => {
  const { contributor } = toldIn(evidence);
  if (contributor === 'nowhere') return omit('the dialect does not tell who contributed');
  if (contributor === 'record')
    return on(evidence, 'read', (one) => {
      const organisations = list(value(one, 'performer')).filter(
        (performer) => at(performer, 'actor', 'type') === 'Organization',
      );
      return organisations.length > 0 && value(one, 'recorded') !== undefined
        ? pass
        : fail('The record says no organisation, or not when it was recorded.', one.step);
    });
  return on(evidence, 'contributions', (one) => {
    const found = list(value(one, 'entry'))
      .map((entry) => at(entry, 'resource'))
      .filter((resource) => at(resource, 'resourceType') === 'Provenance');
    if (found.length === 0) return fail(`${line(one)} finds no Provenance of the record.`, one.step);
    const lacking = found.find(
      (resource) => at(resource, 'recorded') === undefined || at(resource, 'agent', 0, 'who') === undefined,
    );
    return lacking === undefined ? pass : fail('A Provenance says no time, or no agent.', one.step);
  });
};

const mixed = (evidence: Evidence): Judgement =>
  on(evidence, 'batch', (one) => {
    if ([400, 403, 404, 405, 501].includes(one.reply.status))
      return omit(`the target offers no batch (${one.reply.status})`);
    const [good, bad] = [0, 1].map((index) => String(value(one, 'entry', index, 'response', 'status') ?? 'nothing'));
    if (!good?.startsWith('201') || !bad?.startsWith('4'))
      return fail(`The good entry: ${good}; the bad one: ${bad}.`, one.step);
    return on(evidence, 'after-batch', (after) =>
      after.reply.status === 200 ? pass : fail(`What the batch made is not there: ${line(after)}.`, after.step),
    );
  });

/** Where what was written is, and a text that it holds: a new record, or a person that was changed. */
const writtenIn = (evidence: Evidence, one: Answered) =>
  toldIn(evidence).changes === 'people'
    ? { place: one.request.url, holds: value(one, 'name', 0, 'family') }
    : {
        place: one.reply.headers.location ?? '',
        holds: at(JSON.parse(one.request.body ?? '{}'), 'identifier', 0, 'value'),
      };

const announced = (evidence: Evidence): Judgement =>
  on(evidence, toldIn(evidence).changes === 'people' ? 'update-current' : 'create', (one) => {
    if (evidence.notTaken.available !== undefined) return skip(`not observed: ${evidence.notTaken.available}`);
    if (one.reply.status >= 300) return skip(`not observed: the write was answered ${one.reply.status}`);
    const { place, holds } = writtenIn(evidence, one);
    const id = /\/([A-Za-z0-9.-]+)(?:\/_history\/[^/]+)?$/.exec(place)?.[1];
    if (id === undefined) return skip('not observed: the answer does not say which record was made (Location)');
    const told = evidence.received.find(({ request }) => (request.body ?? '').includes(id));
    if (told === undefined) return fail('No event about what was written came.', one.step);
    return typeof holds === 'string' && (told.request.body ?? '').includes(holds)
      ? fail('The event holds the record, and not only where it is.', told.step)
      : pass;
  });

/** What a repository has to keep to about who may write, what was contributed, and who is told. */
export const checks: readonly Check[] = [
  check(
    'shr-07-permission',
    'SHR-07',
    'An update without the right is refused with 403 and changes nothing',
    'An update without the right is not refused with 403 and without effect.',
    permission,
  ),
  check(
    'shr-08-logical',
    'SHR-08',
    'A deletion hides, keeps the history, and can be undone',
    'A deletion does not hide the record, loses its history, or cannot be undone.',
    logical,
    RECORDS,
  ),
  check(
    'shr-09-recorded',
    'SHR-09',
    'Who contributed, and when, is told',
    'It is not told who contributed, or when.',
    recorded,
  ),
  check(
    'shr-10-mixed',
    'SHR-10',
    'A mixed batch does what is good and says what is not',
    'A mixed batch lost what was good in it, or does not say how each entry went.',
    mixed,
    ['fhir-r4'],
  ),
  check(
    'shr-11-announced',
    'SHR-11',
    'A write raises an event that only points to it',
    'A write raises no event, or one that holds the record.',
    announced,
  ),
];
