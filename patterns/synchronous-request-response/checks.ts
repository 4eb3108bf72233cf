import { type Check, fail, type Judgement, pass, skip } from '../../sandbox/conformance/check.ts';
import {
  type Answered,
  answered,
  at,
  type Evidence,
  json,
  line,
  list,
  on,
} from '../../sandbox/conformance/evidence.ts';

/** A final answer to a conditional read (RFC 9110, 15.4.5). */
const NOT_MODIFIED = 304;

const sameConnection = (evidence: Evidence): Judgement => {
  const lost = evidence.observations.find(({ broken }) => broken !== undefined);
  if (lost !== undefined) return fail(`${line(lost)}: ${lost.broken?.detail}.`, lost.step);
  const late = answered(evidence).find(
    ({ reply: { status } }) =>
      status === 202 || status < 200 || (status >= 300 && status < 400 && status !== NOT_MODIFIED),
  );
  if (late !== undefined) return fail(`${line(late)}.`, late.step);
  return evidence.observations.length === 0 ? skip('not observed: no request was sent') : pass;
};

const readResource = (evidence: Evidence): Judgement =>
  on(evidence, 'read', (one) => {
    if (one.reply.status !== 200) return fail(`${line(one)}.`, 'read');
    const type = at(json(one), 'resourceType');
    const [, asked = 'Patient'] = /\/([A-Z][A-Za-z]+)\/[^/?]+(?:\?|$)/.exec(one.request.url) ?? [];
    return type === asked ? pass : fail(`The body is ${typeof type === 'string' ? type : 'no FHIR resource'}.`, 'read');
  });

const readETag = (evidence: Evidence): Judgement =>
  on(evidence, 'read', (one) => {
    if (one.reply.status !== 200) return skip(`not observed: the read was answered ${one.reply.status}`);
    const expected = `W/"${String(at(json(one), 'meta', 'versionId'))}"`;
    const found = one.reply.headers.etag;
    return found === expected
      ? pass
      : fail(`ETag is ${found ?? 'missing'}; meta.versionId makes it ${expected}.`, 'read');
  });

const unknownId = (evidence: Evidence): Judgement =>
  on(evidence, 'read-unknown', (one) => (one.reply.status === 404 ? pass : fail(`${line(one)}.`, 'read-unknown')));

const matches = (one: Answered): readonly unknown[] =>
  list(at(json(one), 'entry')).filter((entry) => at(entry, 'resource', 'resourceType') !== 'OperationOutcome');

const emptySearch = (evidence: Evidence): Judgement =>
  on(evidence, 'search-miss', (one) => {
    const body = json(one);
    if (one.reply.status !== 200) return fail(`${line(one)}.`, 'search-miss');
    if (at(body, 'resourceType') !== 'Bundle' || at(body, 'type') !== 'searchset')
      return fail(`The body is not a Bundle of type searchset.`, 'search-miss');
    return matches(one).length === 0 ? pass : fail(`It found ${matches(one).length}.`, 'search-miss');
  });

const search = (evidence: Evidence): Judgement =>
  on(evidence, 'search-hit', (one) => {
    if (one.reply.status !== 200) return fail(`${line(one)}.`, 'search-hit');
    return matches(one).length > 0 ? pass : fail(`${line(one)}, with no match.`, 'search-hit');
  });

const inTime = (evidence: Evidence): Judgement => {
  const slow = evidence.observations
    .filter(({ milliseconds }) => milliseconds > evidence.profile.limit)
    .toSorted((a, b) => b.milliseconds - a.milliseconds);
  const worst = slow[0];
  // A connection that is dropped at once is no quick answer.
  if (worst === undefined)
    return evidence.observations.some(({ reply }) => reply !== undefined)
      ? pass
      : skip('not observed: no request was answered');
  return fail(
    `${slow.length} of ${evidence.observations.length} took longer than ${evidence.profile.limit} ms; the slowest ${Math.round(worst.milliseconds)} ms: ${line(worst)}.`,
    worst.step,
  );
};

const sameAnswer = (evidence: Evidence): Judgement =>
  on(evidence, 'second-instance', (other) =>
    on(evidence, 'read', (one) => {
      const same = one.reply.status === other.reply.status && JSON.stringify(json(one)) === JSON.stringify(json(other));
      return same
        ? pass
        : fail(
            `${line(one)}; ${line(other)}; the bodies ${one.reply.body === other.reply.body ? 'agree' : 'differ'}.`,
            'read',
            'second-instance',
          );
    }),
  );

export const checks: readonly Check[] = [
  {
    id: 'rrs-01-same-connection',
    requirements: ['RRS-01'],
    title: 'Every request gets its final outcome on its own connection',
    failure: 'A request got no final outcome on its own connection.',
    judge: sameConnection,
  },
  {
    id: 'rrs-02-resource',
    requirements: ['RRS-02'],
    title: 'A read returns 200 and the resource',
    failure: 'A read does not return 200 and the resource.',
    judge: readResource,
  },
  {
    id: 'rrs-02-etag',
    requirements: ['RRS-02'],
    title: 'A read has a weak ETag equal to meta.versionId',
    failure: 'The ETag of a read is not the weak form of meta.versionId.',
    judge: readETag,
  },
  {
    id: 'rrs-05-unknown',
    requirements: ['RRS-05'],
    title: 'An unknown id is answered 404',
    failure: 'An id that nobody has is not answered 404.',
    judge: unknownId,
  },
  {
    id: 'rrs-09-empty',
    requirements: ['RRS-09'],
    title: 'A search that nobody matches returns an empty searchset',
    failure: 'A search that nobody matches is not answered 200 with an empty searchset.',
    judge: emptySearch,
  },
  {
    id: 'rrs-09-found',
    requirements: ['RRS-09'],
    title: 'A search that somebody matches finds them',
    failure: 'A search for a patient who was just read does not find them, so an empty answer says nothing.',
    judge: search,
  },
  {
    id: 'rrs-12-in-time',
    requirements: ['RRS-12'],
    title: 'Every answer comes within the limit',
    failure: 'Answers take longer than the declared limit.',
    judge: inTime,
  },
  {
    id: 'rrs-13-second-instance',
    requirements: ['RRS-13'],
    title: 'A second instance gives the same answer',
    failure: 'Two instances answer the same request differently.',
    judge: sameAnswer,
  },
];
