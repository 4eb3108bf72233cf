import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { DialectError, parseDialect } from './dialect-loader.ts';

const read = (id: string) => readFile(new URL(`./dialects/${id}.yaml`, import.meta.url), 'utf8');

const faultsOf = (yaml: string, id = 'pds'): readonly string[] => {
  try {
    parseDialect(yaml, id);
    return [];
  } catch (error) {
    if (error instanceof DialectError) return error.faults;
    throw error;
  }
};

describe('a dialect', () => {
  it.each(['fhir-r4', 'pds'])('%s is read as it stands', async (id) => {
    const dialect = parseDialect(await read(id), id);
    expect(dialect.id).toBe(id);
    expect(dialect.headers.echoed).toContain('X-Request-ID');
  });

  const wrong: [string, (dialect: Record<string, unknown>) => void, string][] = [
    ['lacks a member', (d) => delete d.title, 'title: must be text, is missing'],
    ['has a member that nobody knows', (d) => Object.assign(d, { sentinel: [] }), 'sentinel: is not known'],
    [
      'is called otherwise than its file',
      (d) => Object.assign(d, { id: 'psd' }),
      'id: must be pds, as the file is called, is psd',
    ],
    [
      'names a header that cannot be one',
      (d) => Object.assign(d, { headers: { required: [{ name: 'X Request' }], echoed: [] } }),
      'headers.required[0].name: must be the name of an HTTP header, is "X Request"',
    ],
    [
      'has a version that YAML reads as a number',
      (d) => Object.assign(d.errors as object, { version: 1 }),
      'errors.version: must be text, is a number',
    ],
    [
      'has ids that no expression describes',
      (d) => Object.assign(d, { ids: { pattern: '[', madeBy: 'server' } }),
      'ids.pattern: is no regular expression',
    ],
    [
      'has a page of no size',
      (d) => Object.assign(d, { pages: { usual: 50, most: 0 } }),
      'pages.most: must be a whole number from 1 to 10000, is 0',
    ],
    [
      'calls a failure a success',
      (d) => Object.assign(d, { statuses: { readPatient: 404 } }),
      'statuses.readPatient: must be a whole number from 200 to 299, is 404',
    ],
    [
      'carries versions in an unknown form',
      (d) => Object.assign(d.concurrency as object, { header: 'E-Tag', form: 'text' }),
      'concurrency.form: must be one of entity-tag, number, is "text"',
    ],
    [
      'has an impossible status',
      (d) => Object.assign(d.errors as object, { conditions: { gone: { code: 'x', display: 'y', status: 42 } } }),
      'errors.conditions.gone.status: must be a whole number from 200 to 599, is 42',
    ],
    [
      'has a fault of unknown kind',
      (d) => Object.assign(d, { sentinels: [{ value: '1', note: 'n', fault: { kind: 'explode' } }] }),
      'sentinels[0].fault.kind: must be one of latency, status, drop, etag, unechoed-id, content-type, message, mllp, is "explode"',
    ],
    [
      'has a fault that lacks its measure',
      (d) => Object.assign(d, { sentinels: [{ value: '1', note: 'n', fault: { kind: 'latency' } }] }),
      'sentinels[0].fault.ms: must be a whole number from 1 to 60000, is missing',
    ],
  ];
  it.each(wrong)('that %s is refused with the place', async (_, spoil, fault) => {
    const dialect = parse(await read('pds'));
    spoil(dialect);
    expect(faultsOf(stringify(dialect))).toEqual([fault]);
  });

  it('is refused with all its faults at once', () => {
    expect(faultsOf('id: pds\ntitle: t').length).toBeGreaterThan(4);
  });

  it('that is not YAML is refused with line and column', () => {
    expect(faultsOf('id: [').join()).toContain('line 1');
  });

  it.each(['', '[]', 'text'])('that is not a mapping is refused: %j', (yaml) => {
    expect(faultsOf(yaml)[0]).toContain('the document: must be a mapping');
  });
});
