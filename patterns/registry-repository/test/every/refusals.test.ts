import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fhirPointer } from '../fhir-r4/pointer.test-data.ts';
import { content, nrl, nrlPointer } from '../nrl/nrl.test-data.ts';
import { ADA, type Box, call, credentialsOf, type Registry, startRegistry } from '../sandboxes.test-data.ts';

/** One row of a table of refusals. */
interface Refusal {
  readonly what: string;
  readonly method?: string;
  /** NRL: which of the two APIs. */
  readonly to?: 'producer' | 'consumer';
  readonly path?: string;
  /** In place of `/DocumentReference` and the path. */
  readonly beside?: string;
  /** NRL: what a search asks beside whose pointers it wants. */
  readonly search?: Readonly<Record<string, string>>;
  /** What of a good pointer is otherwise; null is left out. */
  readonly with?: Readonly<Record<string, unknown>>;
  /** NRL: the address that a good pointer has. */
  readonly url?: string;
  readonly raw?: string;
  readonly ods?: string;
  /** A participant whose credential is sent. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly code: string;
  readonly says: string;
}

const table = (name: string): readonly Refusal[] =>
  parse(readFileSync(new URL(`refusals-${name}.yaml`, import.meta.url), 'utf8'));

let registry: Registry;
let boxes: Record<'nrl' | 'fhir-r4', Box>;
const credentials: Record<string, Readonly<Record<string, string>>> = {};
beforeAll(async () => {
  registry = await startRegistry();
  boxes = { nrl: await registry.box('nrl'), 'fhir-r4': await registry.box('fhir-r4') };
  Object.assign(credentials, await credentialsOf(registry, boxes['fhir-r4'].id));
});
afterAll(() => registry.close());

const changed = (pointer: object, changes: Readonly<Record<string, unknown>> = {}): object =>
  Object.fromEntries(Object.entries({ ...pointer, ...changes }).filter(([, value]) => value !== null));

const toNrl = ({ method = 'POST', to, path = '', search, with: changes, url, raw, ods, headers = {} }: Refusal) => {
  const side = to ?? (search === undefined ? 'producer' : 'consumer');
  const base = `${boxes.nrl.at('registry')}/record-locator/${side}/FHIR/R4/DocumentReference`;
  const who = ods === undefined ? {} : { ods };
  if (search !== undefined)
    return nrl(`${base}/_search`, {
      ...who,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ 'subject:identifier': ADA, ...search }),
    });
  const pointer = { ...nrlPointer(), ...(url === undefined ? {} : { content: [content(url)] }) };
  const body = ['GET', 'DELETE'].includes(method) ? {} : { body: raw ?? changed(pointer, changes) };
  return nrl(`${base}${path}`, { ...who, method, headers, ...body });
};

const toFhir = ({ method = 'POST', path = '', beside, with: changes, raw, as, headers = {} }: Refusal) => {
  const base = `${boxes['fhir-r4'].at('registry')}/FHIR/R4`;
  const body = ['GET', 'DELETE'].includes(method) ? {} : { body: raw ?? changed(fhirPointer(), changes) };
  const credential = as === undefined ? {} : (credentials[as] ?? {});
  return call(`${base}${beside ?? `/DocumentReference${path}`}`, {
    method,
    headers: { ...credential, ...headers },
    ...body,
  });
};

const outcomeIn = (body: unknown) => {
  const outcome = body as fhir4.OperationOutcome;
  expect(outcome.resourceType).toBe('OperationOutcome');
  return outcome.issue[0];
};

describe('the dialect nrl refuses', () => {
  it.each(table('nrl').map((row) => [row.what, row] as const))('%s', async (_what, row) => {
    const { status, headers, body } = await toNrl(row);
    const issue = outcomeIn(body);
    expect([status, issue?.details?.coding?.[0]?.code]).toEqual([row.status, row.code]);
    expect(issue).toMatchObject({
      severity: 'error',
      details: { coding: [{ system: 'https://fhir.nhs.uk/CodeSystem/Spine-ErrorOrWarningCode', version: '1' }] },
    });
    expect(JSON.stringify(body)).toContain(row.says);
    expect(headers.get('content-type')).toMatch(/^application\/fhir\+json/);
  });
});

describe('the dialect fhir-r4 refuses, at a registry,', () => {
  it.each(table('fhir').map((row) => [row.what, row] as const))('%s', async (_what, row) => {
    const { status, headers, body } = await toFhir(row);
    const issue = outcomeIn(body);
    expect([status, issue?.code]).toEqual([row.status, row.code]);
    expect(issue?.details?.coding?.[0]).toMatchObject({ system: 'http://hl7.org/fhir/issue-type' });
    expect(JSON.stringify(body)).toContain(row.says);
    expect(headers.get('content-type')).toMatch(/^application\/fhir\+json/);
  });
});
