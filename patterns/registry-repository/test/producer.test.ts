import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { NewFault } from '../../../sandbox/faults.ts';
import { replaceFaults } from '../../../sandbox/faults.ts';
import { loadSandbox } from '../../../sandbox/participants.ts';
import { DIALECTS, type Registry, type Result, startRegistry } from './sandboxes.test-data.ts';

const HOUR = 3_600_000;
let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());

const act = async (id: string, name: string, input: object = {}, who = 'repository') =>
  (await registry.act(id, who, name, { ...input })) as Readonly<Record<string, unknown>>;
const gather = async (id: string, person = '9000000033'): Promise<Result> =>
  (await registry.act(id, 'requester', 'find-and-retrieve', { person, timeout: 500 })) as Result;
const publish = (id: string, input: object = {}, who?: string) =>
  act(id, 'publish-document', { person: '9000000033', text: 'As agreed', ...input }, who);
const fault = async (id: string, ...faults: readonly NewFault[]) => {
  const sandbox = await loadSandbox(registry.host.sql, id);
  await registry.host.sql.transaction((tx) => replaceFaults(tx, sandbox?.row.serial ?? 0, faults));
};
interface Spoken {
  readonly registers: string;
  readonly fetches: string;
  readonly refused: number;
}
const SPOKEN: Readonly<Record<string, Spoken>> = parse(readFileSync(new URL('spoken.yaml', import.meta.url), 'utf8'));

describe.each(DIALECTS)('a repository in %s', (dialect) => {
  const { registers = '', fetches = '', refused = 0 } = SPOKEN[dialect] ?? {};

  it('keeps a document, registers it, and it is found', async () => {
    const { id } = await registry.box(dialect);
    const made = await publish(id);
    expect(made).toMatchObject({ state: 'registered', status: 201, pointer: expect.stringMatching(/^X99101-/) });
    expect((await gather(id)).documents).toMatchObject([{ text: 'As agreed', pointer: made.pointer, changed: false }]);
  });

  it('replaces a pointer by that of a new version, and only the new one is found', async () => {
    const { id } = await registry.box(dialect);
    const first = await publish(id);
    const second = await act(id, 'revise-document', { document: first.document, text: 'Otherwise' });
    expect(second).toMatchObject({ state: 'registered', replaced: first.pointer });
    const found = await gather(id);
    expect(found.documents).toMatchObject([{ text: 'Otherwise', pointer: second.pointer }]);
  });

  it('withdraws a pointer, and nothing is found; what another holds stays', async () => {
    const { id } = await registry.box(dialect);
    const made = await publish(id);
    await publish(id, { text: 'Of the council' }, 'other-repository');
    expect(await act(id, 'withdraw-pointer', { document: made.pointer })).toMatchObject({ state: 'withdrawn' });
    expect((await gather(id)).documents).toMatchObject([{ text: 'Of the council' }]);
  });

  it('leaves a dangling pointer for an hour at most, of which the requester is told', async () => {
    const { id } = await registry.box(dialect);
    const made = await publish(id);
    await act(id, 'remove-document', { document: made.document });
    const dangling = await gather(id);
    expect(dangling).toMatchObject({ complete: false, pointers: 1, documents: [] });
    expect(dangling.unavailable).toMatchObject([{ code: 'not-found', because: expect.stringContaining('dangling') }]);
    expect(dangling.bundle).toMatchObject({
      entry: [
        { resource: { resourceType: 'DocumentReference' } },
        { resource: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-found' }] } },
      ],
    });
    await registry.advance(id, HOUR);
    expect(await gather(id)).toMatchObject({ pointers: 0 });
  });

  it('is believed no longer where the content was changed behind its pointer', async () => {
    const { id } = await registry.box(dialect);
    const made = await publish(id);
    await act(id, 'revise-document', { document: made.document, text: 'Changed', how: 'overwrite' });
    const found = await gather(id);
    expect(found).toMatchObject({ complete: true, documents: [{ changed: true, text: 'Changed' }] });
    expect(JSON.stringify(found.bundle)).toContain('not what the pointer describes');
  });

  it('registers again until the registry answers, and a duplicate tells it that it had been heard', async () => {
    const { id } = await registry.box(dialect);
    const at = { participant: 'registry', operation: registers };
    await fault(id, { ...at, times: 1, effect: { kind: 'drop', when: 'after' } });
    const lost = await publish(id);
    expect(lost).toMatchObject({ state: 'unknown', again: expect.any(String) });
    await registry.advance(id, HOUR);
    const { documents } = await act(id, 'list-documents');
    const kept = (documents as readonly { document: string; state: string; pointer: string }[]).find(
      (one) => one.document === lost.document,
    );
    expect(kept).toMatchObject({ state: 'registered', pointer: expect.stringMatching(/^X99101-/) });
    expect((await gather(id)).documents).toHaveLength(1);
  });

  it('is told apart when it is away, slow or refuses, beside what another gave', async () => {
    const { id } = await registry.box(dialect);
    await publish(id);
    await publish(id, { text: 'Of the council' }, 'other-repository');
    const at = { participant: 'repository', operation: fetches, times: 1 };
    for (const [effect, code] of [
      [{ kind: 'status', status: 503 }, 'transient'],
      [{ kind: 'latency', ms: 1_500 }, 'timeout'],
      [{ kind: 'drop' }, 'transient'],
      [{ kind: 'status', status: 403 }, 'forbidden'],
      [{ kind: 'content-type', as: 'text/html' }, 'processing'],
    ] as const) {
      await fault(id, { ...at, effect });
      const found = await gather(id);
      expect([effect.kind, found.unavailable.map((one) => one.code)]).toEqual([effect.kind, [code]]);
      expect(found.documents).toMatchObject([{ text: 'Of the council' }]);
    }
  });

  it('gives a restricted document to whom it allows, whatever the registry shows, and audits both', async () => {
    const { id } = await registry.box(dialect);
    const made = await publish(id, { restricted: true });
    expect((await gather(id)).unavailable).toMatchObject([{ code: 'forbidden' }]);
    await act(id, 'allow-access', { document: made.document });
    expect((await gather(id)).documents).toHaveLength(1);
    await act(id, 'take-access-back', { document: made.document });
    expect((await gather(id)).unavailable).toMatchObject([{ code: 'forbidden' }]);
    const { events } = await act(id, 'list-audit');
    expect((events as readonly { outcome: string }[]).map(({ outcome }) => outcome)).toEqual([
      'refused',
      'given',
      'refused',
    ]);
  });

  it("cannot register under another's name, nor withdraw or change what is another's", async () => {
    const { id } = await registry.box(dialect);
    const made = await publish(id);
    expect(await act(id, 'pose-as-another', { document: made.document })).toMatchObject({
      state: 'refused',
      status: refused,
    });
    expect(await act(id, 'change-pointer', { document: made.document, kind: '325691000000100' })).toMatchObject({
      state: 'refused',
      status: 400,
      because: expect.stringContaining("'type' is immutable"),
    });
    expect(await act(id, 'change-pointer', { document: made.document, description: 'Reviewed' })).toMatchObject({
      state: 'changed',
    });
  });
});
