import { all, type Check, fail, type Judgement, omit, pass, skip } from '../../sandbox/conformance/check.ts';
import { type Evidence, line, on } from '../../sandbox/conformance/evidence.ts';
import { keptOut } from '../../sandbox/conformance/kept-out.ts';
import { currentVersion, ok, value } from './judging.ts';

const booking = (evidence: Evidence): Judgement =>
  on(evidence, 'book', (one) => (one.reply.status === 202 ? fail(`${line(one)}: only a promise.`, 'book') : pass));

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

/** What plain FHIR has of bookings, and of updates and patches, in its own terms. */
export const checks: readonly Check[] = [
  {
    id: 'rrs-01-booking',
    requirements: ['RRS-01'],
    title: 'A booking is answered at once',
    failure: 'A booking was not answered at once.',
    dialects: ['fhir-r4'],
    judge: booking,
  },
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
