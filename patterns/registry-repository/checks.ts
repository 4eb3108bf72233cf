import { all, fail, type Judgement, pass, skip, type TargetCheck } from '../../sandbox/conformance/check.ts';
import { type Answered, at, type Evidence, json, line, list, on } from '../../sandbox/conformance/evidence.ts';
import { check } from './check-row.ts';
import { foundIn, madeIn, text } from './drive-pointer.ts';

const idsIn = (one: Answered): readonly string[] => foundIn(one).map((found) => text(at(found, 'id')));

const status = (evidence: Evidence, step: string, expected: (status: number) => boolean): Judgement =>
  on(evidence, step, (one) => (expected(one.reply.status) ? pass : fail(`${line(one)}.`, step)));
const refused = (evidence: Evidence, step: string): Judgement =>
  on(evidence, step, (one) =>
    one.reply.status >= 400 && one.reply.status < 500 ? pass : fail(`${line(one)}; expected a 4xx.`, step),
  );

const created = (evidence: Evidence): Judgement =>
  on(evidence, 'create', (one) => {
    if (one.reply.status !== 201) return fail(`${line(one)}.`, 'create');
    return madeIn(one) === undefined ? fail(`Location is ${one.reply.headers.location ?? 'missing'}.`, 'create') : pass;
  });

const replaced = (evidence: Evidence): Judgement =>
  on(evidence, 'supersede', (made) => {
    if (made.reply.status !== 201) return fail(`${line(made)}.`, 'supersede');
    return on(evidence, 'create', (old) =>
      on(evidence, 'superseded-search', (found) => {
        const ids = idsIn(found);
        const [before, after] = [madeIn(old) ?? '', madeIn(made) ?? ''];
        if (ids.includes(before))
          return fail(`${before} is found, though ${after} has replaced it.`, 'superseded-search');
        return ids.includes(after) ? pass : fail(`${after} is not found.`, 'superseded-search');
      }),
    );
  });

/** Between two real systems nobody looks afterwards whether anything was changed all the same. */
const immutable = (evidence: Evidence): Judgement => {
  const refusal = status(evidence, 'update-immutable', (code) => code === 400);
  if (evidence.absent !== undefined) return refusal;
  return all([
    refusal,
    on(evidence, 'after-immutable', (one) => {
      const code = at(json(one), 'type', 'coding', 0, 'code');
      return code === '736253002' ? pass : fail(`The type is ${String(code)} now.`, 'after-immutable');
    }),
  ]);
};

/** What was not tried, in plain FHIR, says nothing against what was. */
const owner = (evidence: Evidence): Judgement => {
  const judged = ['update-other', 'delete-other'].map((step) => status(evidence, step, (code) => code === 403));
  return (
    judged.find(({ verdict }) => verdict === 'fail') ??
    judged.find(({ verdict }) => verdict === 'pass') ??
    judged[0] ??
    pass
  );
};

const withdrawn = (evidence: Evidence): Judgement =>
  on(evidence, 'delete', (one) => {
    if (one.reply.status !== 200 && one.reply.status !== 204) return fail(`${line(one)}.`, 'delete');
    const id = decodeURIComponent(one.request.url.split('/').at(-1) ?? '');
    return on(evidence, 'deleted-search', (found) =>
      idsIn(found).includes(id) ? fail(`${id} is found, though it was withdrawn.`, 'deleted-search') : pass,
    );
  });

const sameByBoth = (evidence: Evidence): Judgement =>
  on(evidence, 'search', (byPost) =>
    on(evidence, 'search-get', (byGet) => {
      const wrong = [byPost, byGet].find(({ reply }) => reply.status !== 200);
      if (wrong !== undefined) return fail(`${line(wrong)}.`, wrong.step);
      const [post, get] = [idsIn(byPost), idsIn(byGet)].map((ids) => ids.toSorted().join(', '));
      return post === get ? pass : fail(`By POST ${post || 'none'}; by GET ${get || 'none'}.`, 'search', 'search-get');
    }),
  );

const counts = (evidence: Evidence): Judgement =>
  on(evidence, 'count', (counted) =>
    on(evidence, 'search', (found) => {
      const total = at(json(counted), 'total');
      if (counted.reply.status !== 200) return fail(`${line(counted)}.`, 'count');
      if (list(at(json(counted), 'entry')).length > 0) return fail('There are entries beside the number.', 'count');
      const page = list(at(json(found), 'link')).some((link) => at(link, 'relation') === 'next');
      if (page) return skip('not observed: the search has several pages');
      return total === idsIn(found).length
        ? pass
        : fail(`The count is ${String(total)}, and ${idsIn(found).length} are found.`, 'count', 'search');
    }),
  );

/** What a registry, and a repository, have to keep to, judged by what they did when they were driven. */
export const checks: readonly TargetCheck[] = [
  check(
    'reg-01-created',
    'A new pointer is answered 201 with its Location',
    'A new pointer is not answered 201 with its Location.',
    created,
  ),
  check(
    'reg-02-custodian',
    "A pointer in another organisation's name is refused",
    'A pointer whose custodian is not the caller was not refused.',
    (evidence) => refused(evidence, 'create-other'),
  ),
  check(
    'reg-05-replaced',
    'The pointer that was replaced is no longer found',
    'A pointer was not replaced as it should be.',
    replaced,
  ),
  check(
    'reg-05-same',
    'A pointer about another person, or of another type, cannot replace',
    'A pointer was replaced by one about another person, or of another type.',
    (evidence) => all(['supersede-person', 'supersede-type'].map((step) => refused(evidence, step))),
  ),
  check(
    'reg-06-immutable',
    'A change of the type is refused with 400, and changes nothing',
    'An immutable field could be changed, or was refused otherwise than with 400.',
    immutable,
  ),
  check(
    'reg-07-owner',
    "Another's pointer cannot be changed or deleted (403)",
    "A change of another organisation's pointer was not refused with 403.",
    owner,
  ),
  check(
    'reg-07-withdrawn',
    'A pointer that its owner withdraws is no longer found',
    'The owner of a pointer could not withdraw it.',
    withdrawn,
  ),
  check(
    'reg-08-subject',
    'A search that names nobody is refused',
    'A search that names no subject was not refused.',
    (evidence) => refused(evidence, 'search-without-subject'),
  ),
  check(
    'reg-08-same',
    'GET and POST of a search find the same',
    'GET and POST of the same search do not find the same.',
    sameByBoth,
  ),
  check(
    'reg-14-count',
    'The count is that of the entries',
    'The count of a search is not the number that it finds.',
    counts,
  ),
];
