import type { Dialect } from '../dialect.ts';
import { INVALID_HEADER, PRECONDITION_MISSING, problem, VERSION_CONFLICT } from '../problem.ts';
import { etagOf, type StoredRow } from './stored.ts';

/** What a request demands of the current version. `*` is any version there is. */
export interface VersionDemand {
  readonly ifMatch?: '*' | readonly string[];
  /** `If-None-Match: *`: there must not be one. */
  readonly mustBeNew?: boolean;
}

const ENTITY_TAG = /^(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;

/** The versions of an If-Match or If-None-Match (RFC 9110 section 8.8.3); a malformed one is refused with the place. */
export const parseEntityTags = (header: string, name: string): '*' | readonly string[] => {
  if (header.trim() === '*') return '*';
  return header.split(',').map((part) => {
    const version = ENTITY_TAG.exec(part.trim())?.[1];
    if (version !== undefined) return version;
    const seen = part.trim().slice(0, 60);
    const hint = /^(?:W\/)?[\w.-]+$/.test(seen) ? `; did you mean W/"${seen.replace(/^W\//, '')}"?` : '';
    throw problem(INVALID_HEADER, `${name} '${seen}' is not an entity tag such as W/"2"${hint}`, { at: name });
  });
};

/** Reads If-Match and If-None-Match of a request that changes something. */
export const demandOf = (headers: {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}): VersionDemand => {
  const { ifMatch, ifNoneMatch } = headers;
  if (ifNoneMatch !== undefined && parseEntityTags(ifNoneMatch, 'If-None-Match') !== '*')
    throw problem(INVALID_HEADER, "If-None-Match on a change can only be '*', for 'only if there is none yet'", {
      at: 'If-None-Match',
    });
  return {
    ...(ifMatch === undefined ? {} : { ifMatch: parseEntityTags(ifMatch, 'If-Match') }),
    ...(ifNoneMatch === undefined ? {} : { mustBeNew: true }),
  };
};

const conflict = (detail: string, at: string, row: StoredRow | undefined) =>
  problem(VERSION_CONFLICT, detail, { at, headers: row === undefined ? {} : { etag: etagOf(row.version) } });

/** Throws unless the row is what the request demands. FHIR R4 http.html#concurrency */
export const requireVersion = (
  dialect: Dialect,
  name: string,
  row: StoredRow | undefined,
  demand: VersionDemand,
): void => {
  const current = row?.deleted === true ? undefined : row;
  if (demand.mustBeNew === true && current !== undefined)
    throw conflict(
      `${name} exists (version ${current.version}), but If-None-Match: * asks for a new one`,
      'If-None-Match',
      row,
    );
  if (demand.ifMatch === undefined) {
    if (!dialect.concurrency.ifMatchRequired || current === undefined) return;
    throw problem(
      PRECONDITION_MISSING,
      `${name} can only be changed with If-Match and the version that was read last`,
      {
        at: 'If-Match',
      },
    );
  }
  const wanted = demand.ifMatch;
  const said = wanted === '*' ? 'any version' : `version ${wanted.join(' or ')}`;
  if (current === undefined) {
    const gone = row === undefined ? 'does not exist' : `was deleted (version ${row.version})`;
    throw conflict(`If-Match asks for ${said} of ${name}, which ${gone}`, 'If-Match', row);
  }
  if (wanted !== '*' && !wanted.includes(String(current.version)))
    throw conflict(
      `If-Match asks for ${said} of ${name}, but the current version is ${current.version}`,
      'If-Match',
      row,
    );
};
