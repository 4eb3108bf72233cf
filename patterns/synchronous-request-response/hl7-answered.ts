import { findMatches } from '../../sandbox/fhir/search/query.ts';
import type { FhirResource } from '../../sandbox/fhir/stored.ts';
import { newControlId } from '../../sandbox/hl7v2/control-id.ts';
import { copySegments } from '../../sandbox/hl7v2/copy-segments.ts';
import { fromFhir } from '../../sandbox/hl7v2/from-fhir/from-fhir.ts';
import { type Hl7Message, parseMessage } from '../../sandbox/hl7v2/message.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import type { Asked } from './hl7-asked.ts';

/** What was found: a Bundle for each answer, of which its segments are made. */
export interface Found {
  readonly answers: readonly (readonly FhirResource[])[];
  /** How many people or reports there are, how many came in answers before, and how many are in this one. */
  readonly total: number;
  readonly from: number;
  readonly shown: number;
}

const search = async (ctx: Ctx, type: string, query: URLSearchParams, most: number): Promise<FhirResource[]> => {
  const rows = await findMatches(ctx, type, query, most, { now: ctx.now() });
  // What lies in the store was validated as a resource when it was written.
  return rows.map(({ body }) => JSON.parse(body) as FhirResource);
};

/** Beyond that they are not counted. */
const COUNTED = 500;

/** Patients, each with the visit that they are in, or were in last. */
export const findPeople = async (ctx: Ctx, { query, most, from }: Asked, visits: boolean): Promise<Found> => {
  const people = await search(ctx, 'Patient', query, COUNTED);
  const answers: FhirResource[][] = [];
  for (const patient of people.slice(from, from + most)) {
    const about = new URLSearchParams({ patient: String(patient.id), _sort: '-date' });
    answers.push([patient, ...(visits ? await search(ctx, 'Encounter', about, 1) : [])]);
  }
  return { answers, total: people.length, from, shown: answers.length };
};

const referencesIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : []).flatMap((one: unknown) =>
    typeof one === 'object' && one !== null && 'reference' in one && typeof one.reference === 'string'
      ? [one.reference]
      : [],
  );

/** Everything that reports refer to as their results or requests. */
const belongingTo = async (ctx: Ctx, reports: readonly FhirResource[]): Promise<FhirResource[]> => {
  const found: FhirResource[] = [];
  for (const [type, member] of [
    ['Observation', 'result'],
    ['ServiceRequest', 'basedOn'],
  ] as const) {
    const ids = reports.flatMap((report) => referencesIn(report[member])).map((reference) => reference.split('/')[1]);
    if (ids.length > 0)
      found.push(...(await search(ctx, type, new URLSearchParams({ _id: [...new Set(ids)].join(',') }), COUNTED)));
  }
  return found;
};

const NOBODY: Found = { answers: [], total: 0, from: 0, shown: 0 };

/** The reports about one person, newest first, in one answer. */
export const findReports = async (ctx: Ctx, { query, most, from }: Asked): Promise<Found> => {
  const [patient] = await search(ctx, 'Patient', query, 1);
  if (patient === undefined) return NOBODY;
  const newest = new URLSearchParams({ patient: String(patient.id), _sort: '-issued' });
  const reports = await search(ctx, 'DiagnosticReport', newest, COUNTED);
  if (reports.length === 0) return NOBODY;
  const shown = reports.slice(from, from + most);
  const about = [patient, ...shown, ...(await belongingTo(ctx, shown))];
  return { answers: [about], total: reports.length, from, shown: shown.length };
};

const messageOf = (ctx: Ctx, resources: readonly FhirResource[], event: string): Hl7Message => {
  const entry = resources.map((resource) => ({ fullUrl: `${resource.resourceType}/${resource.id}`, resource }));
  const options = { event, now: ctx.now(), controlId: newControlId() };
  return parseMessage(fromFhir({ resourceType: 'Bundle', entry }, options).message);
};

export interface Answering {
  /** Of which the reply repeats how it was asked: QRD and QRF, or QPD. */
  readonly asked: Hl7Message;
  /** The query's own name for itself: QRD-4, QPD-2. */
  readonly tag: string;
  /** As what event an answer is written, and which of its segments are shown. */
  readonly event: string;
  readonly segments: readonly string[];
}

/**
 * QAK says how many there are (OK), or that nobody was found (NF), which is an answer and no error. Where there are more, DSC says
 * how to go on: the same query again, with that DSC (HL7 v2.5 chapter 5.6.3).
 */
export const answering =
  (ctx: Ctx, { answers, total, from, shown }: Found, { asked, tag, event, segments }: Answering) =>
  (reply: Hl7Message): void => {
    // Who says nothing of a character set may be answered with any name that there is.
    if (asked.text('MSH-18') === '') reply.set('MSH-18', 'UNICODE UTF-8');
    const left = Math.max(0, total - from - shown);
    reply.addSegment('QAK');
    reply.set('QAK-1', tag).set('QAK-2', total === 0 ? 'NF' : 'OK');
    if (total > 0) reply.set('QAK-4', String(total)).set('QAK-5', String(shown)).set('QAK-6', String(left));
    copySegments(reply, asked, ['QRD', 'QRF', 'QPD']);
    for (const resources of answers) copySegments(reply, messageOf(ctx, resources, event), segments);
    if (left === 0) return;
    reply.addSegment('DSC');
    reply.set('DSC-1', String(from + shown)).set('DSC-2', 'I');
  };
