import { all, type Check, fail, type Judgement, omit, pass, skip } from '../../sandbox/conformance/check.ts';
import { type Answered, at, type Evidence, json, line, on } from '../../sandbox/conformance/evidence.ts';
import { keptOut } from '../../sandbox/conformance/kept-out.ts';
import { codesOf } from '../../sandbox/conformance/shared-checks.ts';

const value = (observation: Answered, ...path: readonly (string | number)[]): unknown => at(json(observation), ...path);
const ok = ({ reply }: Answered): boolean => reply.status === 200 || reply.status === 204;

/** After a refusal the record still has what it had: `field` is not what the refused request would have made of it. */
const unchanged = (evidence: Evidence, step: string, field: string, refused: unknown): Judgement =>
  on(evidence, step, (after) => {
    if (after.reply.status !== 200)
      return skip(`not observed: the record could not be read again (${after.reply.status})`);
    return value(after, field) === refused
      ? fail(`The record was changed all the same: ${field} is now ${JSON.stringify(refused)}.`, step)
      : pass;
  });

const withoutPrecondition = (evidence: Evidence): Judgement =>
  on(evidence, 'update-without-precondition', (one) => {
    if (ok(one)) return omit('the target requires no precondition, which FHIR R4 leaves to it');
    if (one.reply.status !== 400) return fail(`${line(one)}.`, one.step);
    return keptOut(evidence, one.step, 'after-unconditional');
  });

const currentVersion =
  (step: string) =>
  (evidence: Evidence): Judgement =>
    on(evidence, step, (one) => (ok(one) ? pass : fail(`${line(one)}: ${codesOf(one).join() || 'no code'}.`, step)));

const stale = (evidence: Evidence): Judgement =>
  on(evidence, 'update-current', (current) => {
    if (!ok(current))
      return skip(`not observed: the update with the current version was answered ${current.reply.status}`);
    const refused = on(evidence, 'update-stale', (one) =>
      one.reply.status === 412 ? pass : fail(`${line(one)}.`, one.step),
    );
    return all([refused, keptOut(evidence, 'update-stale', 'after-stale')]);
  });

/** 405, 415 and 501 say that JSON Patch is not offered, which plain FHIR allows. */
const NOT_OFFERED = new Set([404, 405, 415, 501]);

const atomic = (evidence: Evidence): Judgement =>
  on(evidence, 'patch-broken', (one) => {
    if (NOT_OFFERED.has(one.reply.status)) return omit(`the target does not offer JSON Patch (${one.reply.status})`);
    const refused =
      one.reply.status >= 400 && one.reply.status < 500
        ? pass
        : fail(`A patch whose test fails was answered ${one.reply.status}.`, one.step);
    return all([refused, unchanged(evidence, 'after-broken', 'gender', 'male')]);
  });

const fhirChecks: readonly Check[] = [
  {
    id: 'rrs-04-missing',
    requirements: ['RRS-04'],
    title: 'An update without If-Match is refused with 400 where one is required',
    failure: 'An update without If-Match is not refused with 400 and without effect.',
    dialects: ['fhir-r4'],
    judge: withoutPrecondition,
  },
  {
    id: 'rrs-04-current',
    requirements: ['RRS-04'],
    title: 'An update with the current version is accepted',
    failure: 'An update with the current version in If-Match is refused.',
    dialects: ['fhir-r4'],
    judge: currentVersion('update-current'),
  },
  {
    id: 'rrs-04-stale',
    requirements: ['RRS-04'],
    title: 'A stale If-Match is refused with 412 and changes nothing',
    failure: 'A stale If-Match is not refused with 412 and without effect.',
    dialects: ['fhir-r4'],
    judge: stale,
  },
  {
    id: 'rrs-08-atomic',
    requirements: ['RRS-08'],
    title: 'A patch whose last operation fails changes nothing',
    failure: 'A patch that cannot be applied whole was applied in part, or not refused.',
    dialects: ['fhir-r4'],
    judge: atomic,
  },
];

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

const pdsChecks: readonly Check[] = [
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
];

/** What an update or a patch has to keep to (RRS-04, RRS-08), in each dialect's own terms. */
export const checks: readonly Check[] = [...fhirChecks, ...pdsChecks];
