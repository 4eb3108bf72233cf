import { describe, expect, it } from 'vitest';
import { journalEvidenceOf, type Seen } from '../../sandbox/conformance/journal-evidence-of.ts';
import { nameSteps } from './steps.ts';

const namesOf = (exchanges: Readonly<Record<string, Seen>>): readonly string[] =>
  nameSteps(journalEvidenceOf('fhir-r4', 'requester', exchanges).exchanges).map(([, step]) => step);
const found = { answer: { entry: [{ resource: { resourceType: 'Patient' } }] } };
const version = (etag: string) => ({ headers: { etag } });

describe('an exchange that merely passed', () => {
  it('is named as a driven run would have named it', () => {
    expect(
      namesOf({
        a: { path: '/metadata' },
        b: { path: '/Patient/1', ...version('W/"1"') },
        c: { path: '/Patient/2', status: 404 },
        d: { path: '/Patient/9000000001', status: 400 },
        e: { path: '/Patient?family=A', ...found },
        f: { path: '/Patient?family=B', answer: { total: 0 } },
        g: { path: '/Patient', method: 'POST', status: 201 },
        h: { path: '/Patient/1', status: 401 },
        i: { path: '/Patient/1', status: 401, sent: { authorization: '[redacted]' } },
        j: { path: '/Patient/1', status: 406, sent: { accept: 'image/png' } },
        k: { path: '/Observation/1' },
      }),
    ).toEqual([
      'metadata',
      'read',
      'read-unknown',
      'read-malformed',
      'search-hit',
      'search-miss',
      'create',
      'without-token',
      'bad-token',
      'not-acceptable',
      'k',
    ]);
  });

  it('keeps its id where one of its kind has passed before', () => {
    expect(namesOf({ a: {}, b: {} })).toEqual(['read', 'b']);
  });

  it('is an update with the version that was seen last, with an older one, or with none, whatever it was answered', () => {
    expect(
      namesOf({
        read: version('W/"1"'),
        right: { method: 'PUT', sent: { 'if-match': 'W/"1"' }, ...version('W/"2"') },
        late: { method: 'PUT', sent: { 'if-match': 'W/"1"' }, status: 200 },
        look: {},
        bare: { method: 'PUT', status: 400 },
        see: {},
        patch: { method: 'PATCH', sent: { 'if-match': 'W/"1"' }, status: 412 },
      }),
    ).toEqual([
      'read',
      'update-current',
      'update-stale',
      'after-stale',
      'update-without-precondition',
      'after-unconditional',
      'patch-stale',
    ]);
  });

  it('is no update that can be told apart where nobody has read the record', () => {
    expect(namesOf({ blind: { method: 'PUT', sent: { 'if-match': 'W/"7"' } } })).toEqual(['blind']);
  });

  it('is a search that was to find somebody where it failed', () => {
    expect(namesOf({ a: { path: '/Patient?family=A', status: 500 } })).toEqual(['search-hit']);
  });

  it('says nothing where others may have written whom nobody saw, or where what was asked may have been wrong', () => {
    const quiet = (exchanges: Readonly<Record<string, Seen>>) =>
      namesOf(exchanges).filter((step) => !Object.hasOwn(exchanges, step));
    expect(
      quiet({ look: version('W/"1"'), refused: { method: 'PUT', sent: { 'if-match': 'W/"1"' }, status: 412 } }),
    ).toEqual(['read']);
    expect(
      quiet({ wrong: { path: '/Patient?colour=red', status: 400 }, busy: { status: 503 }, no: { status: 403 } }),
    ).toEqual([]);
    expect(quiet({ count: { path: '/Patient?_summary=count', answer: { total: 3 } } })).toEqual([]);
    expect(quiet({ bad: { path: '/Patient', method: 'POST', status: 422 } })).toEqual([]);
  });

  it('is about one record throughout, that on which most can be told', () => {
    const of = (id: string, more: Seen = {}): Seen => ({ path: `/Observation/${id}`, ...more });
    expect(
      namesOf({
        other: of('1', version('W/"7"')),
        first: of('2', version('W/"1"')),
        seen: of('2', version('W/"2"')),
        change: of('2', { method: 'PUT', sent: { 'if-match': 'W/"2"' }, ...version('W/"3"') }),
        elsewhere: of('1', { method: 'PUT', sent: { 'if-match': 'W/"7"' }, ...version('W/"8"') }),
        late: of('2', { method: 'PUT', sent: { 'if-match': 'W/"2"' }, status: 412 }),
        again: of('2', version('W/"3"')),
      }),
    ).toEqual(['other', 'first', 'read', 'update-current', 'elsewhere', 'update-stale', 'after-stale']);
  });
});
