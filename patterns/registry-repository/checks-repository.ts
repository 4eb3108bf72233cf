import { fail, type Judgement, omit, pass, skip, type TargetCheck } from '../../sandbox/conformance/check.ts';
import { answered, at, type Evidence, json, line, list, on } from '../../sandbox/conformance/evidence.ts';
import { check } from './check-row.ts';
import { addressOf, foundIn, isLabelled, text } from './drive-pointer.ts';

const retrievals = (evidence: Evidence) => answered(evidence).filter(({ step }) => step.startsWith('retrieve-'));
const pointersOf = (evidence: Evidence): readonly unknown[] => {
  const search = evidence.observations.find(({ step }) => step === 'search');
  return search === undefined ? [] : foundIn(search);
};
const bare = (type: string): string => type.split(';', 1)[0]?.trim().toLowerCase() ?? '';

const retrievable = (evidence: Evidence): Judgement => {
  const lost = evidence.observations.find(({ step, reply }) => step.startsWith('retrieve-') && reply === undefined);
  if (lost !== undefined) return fail(`Dangling: ${line(lost)}.`, lost.step);
  // Whether somebody may have it is another question (REG-12).
  const open = retrievals(evidence).filter(({ reply }) => reply.status !== 401 && reply.status !== 403);
  for (const one of open) {
    if (one.reply.status !== 200) return fail(`Dangling: ${line(one)}.`, one.step);
    const found = pointersOf(evidence).find((pointer) => addressOf(pointer) === one.request.url);
    const declared = text(at(found, 'content', 0, 'attachment', 'contentType'));
    const given = one.reply.headers['content-type'] ?? '';
    if (bare(declared) !== bare(given))
      return fail(`${one.request.url} is ${given || 'of no type'}, and its pointer says ${declared}.`, one.step);
  }
  return open.length > 0 ? pass : skip('not observed: no pointer was found whose document could be fetched');
};

const ownAccess = (evidence: Evidence): Judgement => {
  const labelled = pointersOf(evidence).filter(isLabelled).map(addressOf);
  const asked = retrievals(evidence).filter(({ request }) => labelled.includes(request.url));
  const given = asked.find(({ reply }) => reply.status < 300);
  if (given !== undefined) return fail(`${line(given)}, though its pointer is marked as restricted.`, given.step);
  return asked.some(({ reply }) => reply.status === 401 || reply.status === 403)
    ? pass
    : skip('not observed: no pointer that is marked as restricted was found about that person (ids.patient)');
};

const ownAudit = (evidence: Evidence): Judgement =>
  on(evidence, 'audit', (one) => {
    if (one.reply.status >= 400) return omit('the repository keeps no audit that can be read as FHIR');
    return list(at(json(one), 'entry')).length > 0
      ? pass
      : fail(`${line(one)}, and the retrieval is not in it.`, 'audit');
  });

/** What the repositories behind a registry have to keep to, judged by what came of following its pointers. */
export const checks: readonly TargetCheck[] = [
  check(
    'reg-10-retrievable',
    'What pointers lead to can be had, in the type that they say',
    'A pointer leads to nothing, or to something else than it says.',
    retrievable,
  ),
  check(
    'reg-12-access',
    'A restricted document is refused, though its pointer is shown',
    'A repository gave a restricted document to whoever asked.',
    ownAccess,
  ),
  check(
    'reg-12-audit',
    'The repository has written down that it was asked',
    'A retrieval is not in the audit of the repository.',
    ownAudit,
  ),
];
