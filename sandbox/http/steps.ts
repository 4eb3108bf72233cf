import type { ContractOperation, ContractRequest } from '../contract.ts';
import { type ContractFault, contractProblem } from '../contract-faults.ts';
import { type FaultSubject, requestNames, sentinelsIn } from '../fault-match.ts';
import { type Strike, strikesOn } from '../faults.ts';
import type { ParticipantRow } from '../participants.ts';
import { type Problem, problem, UNAVAILABLE, UNKNOWN_PATH } from '../problem.ts';
import { offers } from '../serving.ts';
import { checkText, parseJson } from './body.ts';
import { checkAccept, checkContentType, parseMediaType } from './negotiate.ts';
import type { Passage } from './passage.ts';
import type { Served, ServedOperation } from './served.ts';

const ELSEWHERE: Problem = {
  condition: 'participant-external',
  // RFC 9110 section 15.5.20, Misdirected Request.
  status: 421,
  title: 'This participant is an external system',
  issue: 'not-supported',
};

const placeOf = (url: string | undefined): string => {
  const place = url === undefined ? null : URL.parse(url);
  return place === null ? 'nobody has said where it is' : `it is at ${place.origin}${place.pathname}`;
};

const roleOf = ({ name }: ParticipantRow, { manifest }: Served) =>
  manifest.participants.find((role) => role.name === name);

/** Whether the participant is one of those that offer the operation. */
export const isOfferedBy = (participant: ParticipantRow, served: Served, { contract }: ServedOperation): boolean => {
  const role = roleOf(participant, served);
  return role !== undefined && offers(role, contract);
};

/** Only a simulated participant answers here; and one that merely calls others has nothing to answer with. */
export const checkSeat = (participant: ParticipantRow, served: Served): void => {
  const { name, mode, url } = participant;
  if (mode === 'stopped') throw problem(UNAVAILABLE, `${name} is stopped; start it, or take its seat yourself`);
  if (mode === 'external')
    throw problem(ELSEWHERE, `${name} is not simulated in this sandbox but is an external system; ${placeOf(url)}`);
  if (roleOf(participant, served)?.serves === false)
    throw problem(UNKNOWN_PATH, `${name} only calls others and serves nothing`);
};

/** The parts of a request in which faults look for their value. */
export const subjectOf = (
  passage: Passage,
  params: Readonly<Record<string, string>>,
  query: URLSearchParams,
): FaultSubject => {
  const type = passage.body.length === 0 ? undefined : passage.headers['content-type'];
  const subject = { params, query, body: passage.body };
  return type === undefined ? subject : { ...subject, mediaType: parseMediaType(type).type };
};

const NONE: readonly Strike[] = [];

/** The faults that strike this request: those switched on, and the dialect's sentinels. */
export const findStrikes = (
  passage: Passage,
  served: Served,
  operationId: string,
  subject: FaultSubject,
): readonly Strike[] | Promise<readonly Strike[]> => {
  const { sandbox, host } = passage;
  if (sandbox === undefined) return NONE;
  const { sentinels } = served.dialect;
  const told = sentinels.length === 0 ? NONE : sentinelsIn(sentinels, subject);
  if (sandbox.faults === 0) return told;
  const { serial, seed } = sandbox.row;
  const names = (value: string) => requestNames(subject, value);
  const question = { serial, seed, participant: passage.to, operationId, names };
  return strikesOn(host.sql, question).then((switchedOn) => [...told, ...switchedOn]);
};

const isFaulty = (faults: readonly ContractFault[]): faults is readonly [ContractFault, ...ContractFault[]] =>
  faults.length > 0;

/** Refuses with 406, 415 or 400 what the contract does not let through. */
export const checkContract = (
  contract: ContractOperation,
  passage: Passage,
  params: Readonly<Record<string, string>>,
  query: URLSearchParams,
  asSent: boolean,
): void => {
  const { headers, body } = passage;
  // FHIR R4 http.html#mime-type: `_format` overrides Accept, and who serves it knows its values.
  if (!query.has('_format')) checkAccept(headers.accept, contract.produces);
  let request: ContractRequest = { params, query, headers };
  if (body.length > 0 && contract.consumes.length > 0) {
    const mediaType = checkContentType(headers['content-type'], contract.consumes);
    if (!asSent) checkText(body, mediaType);
    request = { ...request, mediaType };
    if (!asSent && contract.hasBodySchema(mediaType)) request = { ...request, body: parseJson(body) };
  }
  const faults = contract.validate(request);
  if (isFaulty(faults)) throw contractProblem(faults);
};
