import { any, fail, type Judgement, omit, pass, skip, type TargetCheck } from './check.ts';
import { type Answered, answered, at, type Evidence, json, list, on } from './evidence.ts';

// What the checks of every pattern have to know of dialects: the only place that names them all, as data.
const NHS_DIALECTS = ['pds', 'bars', 'nrl', 'imms'];
/** Where a refusal needs no code of the API's own. */
const WITHOUT_CODES = ['fhir-r4'];
/** The code for a number whose check digit is wrong, where there is one to rely on. */
const WRONG_DIGIT: Readonly<Record<string, string>> = { pds: 'INVALID_RESOURCE_ID' };

const sent = (observation: Answered, name: string): string | undefined => observation.request.headers[name];
const got = (observation: Answered, name: string): string | undefined => observation.reply.headers[name];
/** The first few, so that a report on a hundred requests stays readable. */
const some = (lines: readonly string[]): string =>
  lines.length > 3 ? `${lines.slice(0, 3).join('; ')}; and ${lines.length - 3} more` : lines.join('; ');

const each = (
  observations: readonly Answered[],
  wrong: (observation: Answered) => string | undefined,
  nothing: string,
): Judgement => {
  const offending = observations.flatMap((observation) => {
    const how = wrong(observation);
    return how === undefined ? [] : [{ step: observation.step, how }];
  });
  if (offending.length > 0)
    return fail(
      `${some(offending.map(({ step, how }) => `${step}: ${how}`))}.`,
      ...offending.slice(0, 3).map(({ step }) => step),
    );
  return observations.length === 0 ? skip(nothing) : pass;
};

const echoed = (name: string) => (observation: Answered) => {
  const [expected, found] = [sent(observation, name), got(observation, name)];
  return found === expected ? undefined : `sent ${name} ${expected}, got ${found ?? 'none'}`;
};

/** FHIR R4 http.html, custom headers: the server may assign an id of its own, and should then give the client's back as X-Correlation-Id. */
const echoedInFhir = (evidence: Evidence): Judgement => {
  const observations = answered(evidence).filter(
    (one) => sent(one, 'x-request-id') !== undefined && got(one, 'x-request-id') !== undefined,
  );
  const wrong = (one: Answered) => {
    const kept = [sent(one, 'x-request-id'), sent(one, 'x-correlation-id')];
    if (got(one, 'x-request-id') === kept[0] || kept.includes(got(one, 'x-correlation-id') ?? '')) return undefined;
    return `sent x-request-id ${kept[0]}, got ${got(one, 'x-request-id')} and no x-correlation-id that names it`;
  };
  return each(observations, wrong, 'not observed: the target assigns no request ids, which plain FHIR allows');
};

export const codesOf = (observation: Answered): readonly string[] =>
  list(at(json(observation), 'issue'))
    .flatMap((issue) => list(at(issue, 'details', 'coding')))
    .map((coding) => String(at(coding, 'code')));

const outcome = (needsCoding: boolean) => (observation: Answered) => {
  const body = json(observation);
  if (body === undefined) return `${observation.reply.status} with a body that is not JSON`;
  if (at(body, 'resourceType') !== 'OperationOutcome')
    return `${observation.reply.status} with ${String(at(body, 'resourceType') ?? 'no FHIR resource')}`;
  const issues = list(at(body, 'issue'));
  if (issues.length === 0) return `${observation.reply.status} without any issue`;
  const index = issues.findIndex(
    (issue) => typeof at(issue, 'severity') !== 'string' || typeof at(issue, 'code') !== 'string',
  );
  if (index !== -1) return `issue[${index}] without severity or code`;
  return needsCoding && codesOf(observation).length === 0
    ? `${observation.reply.status} without details.coding`
    : undefined;
};

/**
 * Whether FHIR was asked for: a document that a pointer leads to may be of any type, and who has it may speak anything. Who
 * takes everything was given what it is.
 */
const isFhir = ({ request: { headers }, reply }: Answered): boolean => {
  const { accept = 'application/fhir+json' } = headers;
  return (
    accept.includes('fhir+json') || (accept.startsWith('*/*') && (reply.headers['content-type'] ?? '').includes('json'))
  );
};
const refusals = (evidence: Evidence) =>
  answered(evidence).filter((one) => one.reply.status >= 400 && (isFhir(one) || one.step === 'not-acceptable'));
const mediaType = (observation: Answered) =>
  (got(observation, 'content-type') ?? 'none').split(';')[0]?.trim().toLowerCase();
const status = (evidence: Evidence, step: string, expected: number): Judgement =>
  on(evidence, step, ({ reply }) =>
    reply.status === expected ? pass : fail(`${step}: ${reply.status} instead of ${expected}.`, step),
  );

const tokens = (evidence: Evidence): Judgement => {
  const absent = any([status(evidence, 'without-token', 401), status(evidence, 'bad-token', 401)]);
  const forbidden = status(evidence, 'without-right', 403);
  const distinct = on(evidence, 'bad-token', (one) =>
    on(evidence, 'without-right', (other) => {
      const same = one.reply.status === other.reply.status && codesOf(one).join() === codesOf(other).join();
      return same ? fail('401 and 403 cannot be told apart.', 'bad-token', 'without-right') : pass;
    }),
  );
  return any([absent, forbidden, distinct]);
};

const metadata = (evidence: Evidence): Judgement =>
  on(evidence, 'metadata', (one) => {
    const body = json(one);
    if (one.reply.status !== 200 || at(body, 'resourceType') !== 'CapabilityStatement')
      return fail(`/metadata: ${one.reply.status}, ${String(at(body, 'resourceType') ?? 'no resource')}.`, 'metadata');
    const stated = list(at(body, 'rest'))
      .flatMap((rest) => list(at(rest, 'resource')))
      .some((resource) => list(at(resource, 'interaction')).length > 0);
    return stated ? pass : fail('The CapabilityStatement states no interaction of any resource.', 'metadata');
  });

const checksum = (evidence: Evidence): Judgement =>
  on(evidence, 'read-malformed', (one) => {
    const wanted = WRONG_DIGIT[evidence.dialect];
    const codes = codesOf(one);
    if (one.reply.status === 400 && (wanted === undefined || codes.includes(wanted))) return pass;
    const expected = wanted === undefined ? '400' : `400 with ${wanted}`;
    return fail(
      `${one.request.url}: ${one.reply.status} with ${codes.join() || 'no code'}; expected ${expected}.`,
      'read-malformed',
    );
  });

/** What every target has to keep to, whatever the pattern. */
export const sharedChecks: readonly TargetCheck[] = [
  {
    id: 'com-03-request-id',
    requirements: ['COM-03'],
    title: 'X-Request-ID comes back unchanged',
    failure: 'X-Request-ID is not echoed unchanged.',
    dialects: NHS_DIALECTS,
    judge: (evidence) =>
      each(
        answered(evidence).filter((one) => sent(one, 'x-request-id') !== undefined),
        echoed('x-request-id'),
        'not observed: no X-Request-ID was sent',
      ),
  },
  {
    id: 'com-03-correlation-id',
    requirements: ['COM-03'],
    title: 'X-Correlation-ID, where sent, comes back unchanged',
    failure: 'X-Correlation-ID is not echoed unchanged.',
    // MNS knows no other id.
    dialects: [...NHS_DIALECTS, 'mns'],
    judge: (evidence) =>
      each(
        answered(evidence).filter((one) => sent(one, 'x-correlation-id') !== undefined),
        echoed('x-correlation-id'),
        'not observed: no X-Correlation-ID was sent',
      ),
  },
  {
    id: 'com-03-fhir-ids',
    requirements: ['COM-03'],
    title: 'A request id of the client is kept, or given back beside the server’s own',
    failure: 'The server put another X-Request-Id in the place of the client’s and did not give the client’s back.',
    dialects: ['fhir-r4'],
    judge: echoedInFhir,
  },
  {
    id: 'com-04-outcome',
    requirements: ['COM-04'],
    title: 'Every refusal carries an OperationOutcome',
    failure: 'A refusal does not carry a proper OperationOutcome.',
    judge: (evidence) =>
      each(refusals(evidence), outcome(!WITHOUT_CODES.includes(evidence.dialect)), 'not observed: nothing was refused'),
  },
  {
    id: 'com-05-content-type',
    requirements: ['COM-05'],
    title: 'Content-Type is application/fhir+json, as was asked for',
    failure: 'Content-Type is not the FHIR type that was asked for.',
    judge: (evidence) => {
      // What is asked for as plain JSON alone is no FHIR either (MNS: the id of an event).
      const bodies = answered(evidence).filter(
        (one) => one.reply.status < 300 && one.reply.body !== '' && one.step !== 'not-acceptable' && isFhir(one),
      );
      return each(
        bodies,
        (one) => (mediaType(one) === 'application/fhir+json' ? undefined : `${mediaType(one)}`),
        'not observed: no reply had a body',
      );
    },
  },
  {
    id: 'com-05-not-acceptable',
    requirements: ['COM-05'],
    title: 'An Accept that cannot be served is answered 406',
    failure: 'A type that no FHIR server serves was asked for and not refused with 406.',
    dialects: ['fhir-r4'],
    judge: (evidence) => status(evidence, 'not-acceptable', 406),
  },
  {
    id: 'com-05-unsupported-body',
    requirements: ['COM-05'],
    title: 'A body type that cannot be read is answered 415',
    failure: 'A plain text body was not refused with 415.',
    dialects: ['fhir-r4'],
    judge: (evidence) => status(evidence, 'unsupported-body', 415),
  },
  {
    id: 'com-06-check-digit',
    requirements: ['COM-06'],
    title: 'A wrong check digit is refused with 400',
    failure: 'An NHS number with a wrong check digit is not refused with 400 and the dialect’s code.',
    judge: checksum,
  },
  {
    id: 'com-09-tokens',
    requirements: ['COM-09'],
    title: '401 without a valid token, 403 without the right',
    failure: 'A request without a valid token, or without the right, is not refused as it should be.',
    judge: tokens,
  },
  {
    id: 'com-11-metadata',
    requirements: ['COM-11'],
    title: '/metadata states the interactions',
    failure: '/metadata is not a CapabilityStatement that states interactions.',
    judge: (evidence) =>
      evidence.absent !== undefined || evidence.observations.some(({ step }) => step === 'metadata')
        ? metadata(evidence)
        : omit('the dialect offers no capabilities interaction'),
  },
];
