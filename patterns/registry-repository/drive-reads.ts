import { driveTokens } from '../../sandbox/conformance/drive-refusals.ts';
import { at } from '../../sandbox/conformance/evidence.ts';
import type { Session } from '../../sandbox/conformance/session.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import {
  addressOf,
  base,
  foundIn,
  headers,
  isLabelled,
  person,
  type RegistrySession,
  search,
  text,
} from './drive-pointer.ts';

const RETRIEVED = 5;

/** The credentials are for the registry: whoever stands behind another address, which others wrote there, gets none. */
const strangersTo = ({ target, profile }: Session, url: string): readonly string[] =>
  URL.parse(url)?.origin === URL.parse(target)?.origin ? [] : ['authorization', ...Object.keys(profile.headers)];

/** What a pointer leads to, asked for in its own type: repositories need not speak FHIR, nor know our ids. */
const retrieve = async (session: Session, step: string, found: unknown): Promise<void> => {
  const url = addressOf(found);
  const accept = text(at(found, 'content', 0, 'attachment', 'contentType')) || '*/*';
  if (!/^https?:\/\//.test(url)) {
    session.leaveOut([step], `${url.slice(0, 100)} is to be had through a proxy only`);
    return;
  }
  try {
    await session.http(step, { method: 'GET', path: url, headers: { accept }, without: strangersTo(session, url) });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    session.leaveOut([step], error.message);
  }
};

/** The audit of a repository that keeps it as FHIR, of the document at that address. */
const lookAtAudit = async (session: Session, url: string): Promise<void> => {
  const [, fhir, document] = /^(.+)\/([A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64})$/.exec(url) ?? [];
  if (fhir === undefined || document === undefined) {
    session.leaveOut(['audit'], 'the restricted document has no FHIR address, so its audit cannot be read as FHIR');
    return;
  }
  const path = `${fhir}/AuditEvent?${new URLSearchParams({ entity: document })}`;
  const without = strangersTo(session, path);
  await session.http('audit', { method: 'GET', path, headers: { accept: 'application/fhir+json' }, without });
};

const followPointers = async (session: Session, found: readonly unknown[]): Promise<void> => {
  const labelled = found.filter(isLabelled);
  const followed = [...labelled, ...found.filter((one) => !isLabelled(one))].slice(0, RETRIEVED);
  for (const [index, one] of followed.entries()) await retrieve(session, `retrieve-${index + 1}`, one);
  const [first] = labelled;
  if (first === undefined) session.leaveOut(['audit'], 'no pointer that was found is marked as restricted');
  else await lookAtAudit(session, addressOf(first));
};

/** Gathers the evidence about a registry and the repositories behind it; nothing is written here (see drive-writes.ts). */
export const driveReads = async (session: RegistrySession): Promise<void> => {
  const by = { 'subject:identifier': person(session) };
  const found = await search(session, 'search', by);
  await search(session, 'search-get', by, 'GET');
  await search(session, 'count', { ...by, _summary: 'count' });
  await search(session, 'search-without-subject', {});
  await search(session, 'search-unknown-parameter', { ...by, 'conformance-unknown': '1' });
  const path = `${base(session, 'consumer')}?${new URLSearchParams(by)}`;
  await driveTokens(session, { method: 'GET', path, headers: headers(session) });
  await followPointers(session, foundIn(found));
};
