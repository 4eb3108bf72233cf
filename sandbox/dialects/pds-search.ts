import { findMatches } from '../fhir/search/query.ts';
import type { Call, Ctx, Reply } from '../pattern.ts';
import { DEATH_NOTIFICATION } from '../seed/systems.ts';
import { scoreOf } from './pds-match.ts';
import { type PdsSearch, readPdsSearch } from './pds-query.ts';
import {
  currentRecord,
  isInvalidated,
  isRestricted,
  jsonType,
  type PdsRecord,
  patientOfRow,
  shownRecord,
  successorOf,
} from './pds-record.ts';
import { plainName } from './pds-soundex.ts';

/** How many records one search looks at; what the index cannot narrow down to that is too broad a search. */
const CANDIDATES_MAX = 1_000;

// FHIR R4 search.html#escaping
const escaped = (text: string): string => text.replaceAll(/[\\,$|]/g, '\\$&');

/** The part of the search that the FHIR index answers, never narrower than the search itself. */
const candidateQuery = (search: PdsSearch): URLSearchParams => {
  const query = new URLSearchParams();
  const { from, to } = search.birthDate;
  if (from !== undefined && from === to) query.append('birthdate', from);
  else {
    if (from !== undefined) query.append('birthdate', `ge${from}`);
    if (to !== undefined) query.append('birthdate', `le${to}`);
  }
  const stem = search.family?.split('*', 1)[0];
  if (!search.fuzzy && stem !== undefined) query.append('family', escaped(plainName(stem)));
  if (search.gender !== undefined) query.append('gender', search.gender);
  return query;
};

interface Match extends PdsRecord {
  readonly score: number;
}

/** What a search shows of a record, which is less than a read shows. */
const shownMatch = ({ row, patient }: Match): fhir4.Patient => {
  const { name, address, extension, ...rest } = shownRecord(row, patient);
  const names = (name ?? []).filter(({ use }) => use === 'usual' || use === 'nickname' || use === 'temp');
  const homes = (address ?? []).filter(({ use }) => use === 'home');
  const extensions = (extension ?? []).filter(({ url }) => url === DEATH_NOTIFICATION);
  return {
    ...rest,
    ...(names.length === 0 ? {} : { name: names }),
    ...(homes.length === 0 ? {} : { address: homes }),
    ...(extensions.length === 0 ? {} : { extension: extensions }),
  };
};

const bestFirst = (a: Match, b: Match): number => b.score - a.score || a.row.rk - b.row.rk;

const matchesOf = async (ctx: Ctx, search: PdsSearch): Promise<Match[] | 'too many'> => {
  const today = new Date(ctx.now()).toISOString().slice(0, 10);
  const rows = await findMatches(ctx, 'Patient', candidateQuery(search), CANDIDATES_MAX + 1);
  if (rows.length > CANDIDATES_MAX) return 'too many';
  const byId = new Map<string, Match>();
  for (const found of rows) {
    const patient = patientOfRow(found);
    const score = scoreOf(patient, search, today);
    if (score === 0 || (search.exact && score < 1)) continue;
    const superseded = successorOf(patient) !== undefined;
    if (isInvalidated(patient) && !superseded) continue;
    const record = superseded
      ? await currentRecord(ctx, ctx.sql, found.id)
      : { row: { ...found, deleted: false }, patient };
    // Nothing that says where a restricted person is may be found out by searching for it.
    if (isRestricted(record.patient) && (search.postcode !== undefined || search.practice !== undefined)) continue;
    // Without an NHS number there is nothing by which PDS could name a person.
    if (!/^[0-9]{10}$/.test(record.row.id)) continue;
    const known = byId.get(record.row.id);
    if (known === undefined || known.score < score) byId.set(record.row.id, { ...record, score });
  }
  return [...byId.values()].sort(bestFirst);
};

/** The one answer of PDS that is an outcome and yet a 200: too many people match. */
const tooMany = (call: Call, ctx: Ctx, max: number): Reply => ({
  status: 200,
  headers: jsonType(call),
  body: {
    resourceType: 'OperationOutcome',
    issue: [
      {
        severity: 'information',
        code: 'multiple-matches',
        details: {
          coding: [
            {
              system: ctx.dialect.errors.system,
              ...(ctx.dialect.errors.version === undefined ? {} : { version: ctx.dialect.errors.version }),
              code: 'TOO_MANY_MATCHES',
              display: 'Too Many Matches',
            },
          ],
        },
        diagnostics: `More than ${max} people match; refine the search`,
      },
    ],
  },
});

export const searchPatients = async (call: Call, ctx: Ctx): Promise<Reply> => {
  const search = readPdsSearch(call.query, ctx.dialect.pages?.most ?? 50);
  const matches = await matchesOf(ctx, search);
  if (matches === 'too many' || matches.length > search.max) return tooMany(call, ctx, search.max);
  const entry = matches.map((match) => ({
    fullUrl: `${call.base}/FHIR/R4/Patient/${match.row.id}`,
    search: { score: match.score },
    resource: shownMatch(match),
  }));
  return {
    status: 200,
    headers: jsonType(call),
    body: {
      resourceType: 'Bundle',
      type: 'searchset',
      timestamp: new Date(ctx.now()).toISOString(),
      total: entry.length,
      ...(entry.length === 0 ? {} : { entry }),
    },
  };
};
