import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { openCatalogue } from './catalogue.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

const sound = {
  title: 'A',
  summary: 's',
  description: ['d'],
  useWhen: ['u'],
  avoidWhen: ['a'],
  participants: [
    { name: 'asker', title: 'Asker', summary: 's', serves: false, starts: ['*'] },
    { name: 'answerer', title: 'Answerer', summary: 's', main: true, serves: true, starts: [] },
  ],
  interactions: [{ from: 'asker', to: 'answerer', label: 'asks', kind: 'call' }],
  considerations: [{ title: 't', text: 'x', basis: 'chapter' }],
  realServices: [],
  sources: [{ title: 't' }],
  dialects: ['plain'],
};

const lesson = (turn: string) => ({
  title: 'First',
  summary: 's',
  steps: [{ title: 'Asks', narration: 'n', turn, act: 'ask' }],
});

const open = async (files: Readonly<Record<string, string | object>>) => {
  const root = await mkdtemp(join(tmpdir(), 'catalogue-'));
  folders.push(root);
  for (const [path, content] of Object.entries({ 'sandbox/dialects/plain.yaml': 'title: Plain', ...files })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), typeof content === 'string' ? content : stringify(content));
  }
  return openCatalogue(pathToFileURL(`${root}/`));
};

describe('a catalogue of folders', () => {
  it('finds a pattern, its code, dialects, contract and lessons by their names alone', async () => {
    const catalogue = await open({
      'patterns/decision-tree.yaml': 'start: Q1',
      'patterns/a-b/pattern.yaml': sound,
      'patterns/a-b/app.ts': 'export const app = { handlers: {} };',
      'patterns/a-b/scenarios/first.yaml': lesson('asker'),
      'openapi/a-b.yaml': 'openapi: 3.0.3',
      'openapi/a-b.asyncapi.yaml': 'asyncapi: 3.0.0',
      'sandbox/dialects/plain.openapi.yaml': 'openapi: 3.0.3',
    });
    expect(catalogue.ids).toEqual(['a-b']);
    expect(catalogue.live('a-b')).toBe(true);
    expect(await catalogue.app('a-b')).toEqual({ handlers: {} });
    expect(await catalogue.dialects('a-b')).toEqual([{ id: 'plain', title: 'Plain' }]);
    expect(catalogue.contracts).toEqual(['a-b', 'plain']);
    expect(catalogue.messageContracts).toEqual(['a-b.asyncapi']);
    expect(await catalogue.messageContract('a-b.asyncapi')).toEqual({
      text: 'asyncapi: 3.0.0',
      document: { asyncapi: '3.0.0' },
    });
    expect((await catalogue.contract('plain')).document).toEqual({ openapi: '3.0.3' });
    expect(await catalogue.scenarios('a-b')).toMatchObject([{ id: 'first', title: 'First' }]);
    expect(await catalogue.requirements('a-b')).toEqual([]);
    expect((await catalogue.tree()).text).toBe('start: Q1');
  });

  it('loads a pattern with the contract and the handlers of a dialect that has paths of its own', async () => {
    const dialect = await readFile(new URL('../sandbox/dialects/fhir-r4.yaml', import.meta.url), 'utf8');
    const catalogue = await open({
      'patterns/a/pattern.yaml': { ...sound, dialects: ['plain', 'own'] },
      'patterns/a/app.ts': 'export const app = { handlers: {} };',
      'openapi/a.yaml': 'openapi: 3.0.3',
      'sandbox/dialects/plain.yaml': dialect.replace('id: fhir-r4', 'id: plain'),
      'sandbox/dialects/own.yaml': dialect.replace('id: fhir-r4', 'id: own'),
      'sandbox/dialects/own.openapi.yaml': 'openapi: 3.0.1',
      'sandbox/dialects/own.ts': 'export const handlers = { ask: async () => ({ status: 204 }) };',
    });
    const loaded = await catalogue.load('a');
    expect(await catalogue.load('a')).toBe(loaded);
    expect(loaded).toMatchObject({ id: 'a', manifest: { title: 'A' }, contract: { openapi: '3.0.3' } });
    expect(Object.keys(await loaded.dialect('plain'))).toEqual(['dialect']);
    expect(await loaded.dialect('own')).toMatchObject({
      dialect: { id: 'own' },
      contract: { openapi: '3.0.1' },
      handlers: { ask: expect.any(Function) },
    });
  });

  it('gives a contract whole, with the paths that it takes from a file beside it', async () => {
    const catalogue = await open({
      'patterns/a/pattern.yaml': sound,
      'openapi/a.yaml': 'openapi: 3.0.3\npaths: { /a: { $ref: "base.yaml#/paths/~1b" } }',
      'openapi/base.yaml': 'openapi: 3.0.3\npaths: { /b: { get: { operationId: b } } }',
      'openapi/wrong.yaml': 'openapi: 3.0.3\npaths: { /a: { $ref: "base.yaml#/paths/~1c" } }',
    });
    expect((await catalogue.contract('a')).document).toMatchObject({ paths: { '/a': { get: { operationId: 'b' } } } });
    await expect(catalogue.contract('wrong')).rejects.toThrow(
      'openapi/wrong.yaml: /a: base.yaml#/paths/~1c leads nowhere',
    );
  });

  it('gives a pattern a dialect that names it in its own file, after those that the pattern names', async () => {
    const catalogue = await open({
      'patterns/a/pattern.yaml': sound,
      'sandbox/dialects/further.yaml': { title: 'Further', patterns: ['a'] },
      'sandbox/dialects/other.yaml': { title: 'Other' },
    });
    const expected = [
      { id: 'plain', title: 'Plain' },
      { id: 'further', title: 'Further' },
    ];
    expect(await catalogue.dialects('a')).toEqual(expected);
    expect((await catalogue.manifest('a')).dialects).toEqual(['plain', 'further']);
  });

  it.each([
    ['a pattern that is not there', { title: 'O', patterns: ['b'] }, 'odd.yaml: patterns names b; there are a'],
    ['patterns that are no list', { title: 'O', patterns: 'a' }, 'odd.yaml: patterns is not a list'],
    ['no title', { id: 'odd' }, 'odd.yaml: title is missing'],
  ])('names the place of %s in a dialect', async (_what, dialect, message) => {
    const catalogue = await open({ 'patterns/a/pattern.yaml': sound, 'sandbox/dialects/odd.yaml': dialect });
    await expect(catalogue.manifest('a')).rejects.toThrow(message);
  });

  it('says what is missing of a pattern that cannot be run yet', async () => {
    const catalogue = await open({ 'patterns/a/pattern.yaml': { ...sound, dialects: [] } });
    expect(catalogue.live('a')).toBe(false);
    await expect(catalogue.app('a')).rejects.toMatchObject({
      problem: { status: 409 },
      message: expect.stringContaining('patterns/a/app.ts is missing'),
    });
  });

  it('refuses names that nothing bears, naming those that exist', async () => {
    const catalogue = await open({ 'patterns/a/pattern.yaml': sound, 'openapi/a.yaml': 'openapi: 3.0.3' });
    expect(() => catalogue.live('b')).toThrow('There is no pattern b; there are a');
    await expect(catalogue.manifest('../a')).rejects.toThrow('There is no pattern ../a');
    await expect(catalogue.contract('../openapi/a')).rejects.toThrow('there are a');
  });

  it.each([
    [
      'a folder that is no name',
      { 'patterns/A_b/pattern.yaml': sound },
      'patterns/A_b: a pattern folder is lower-case',
    ],
    ['a folder without its manifest', { 'patterns/a/app.ts': '' }, 'patterns/a: there is no pattern.yaml'],
  ])('throws at once for %s', async (_what, files, message) => {
    await expect(open(files)).rejects.toThrow(message);
  });

  const asker = sound.participants[0];
  it.each([
    ['not YAML', 'title: [', 'pattern.yaml: Flow sequence'],
    ['no mapping', '- a', 'pattern.yaml: the document must be a mapping, not a list'],
    ['a missing member', { ...sound, title: undefined }, 'pattern.yaml: title is missing'],
    ['an unknown member', { ...sound, tittle: 'x' }, 'tittle is not known'],
    ['empty text', { ...sound, summary: ' ' }, 'summary is empty'],
    ['an empty list', { ...sound, useWhen: [] }, 'useWhen needs at least 1'],
    [
      'a wrong word',
      { ...sound, considerations: [{ title: 't', text: 'x', basis: 'me' }] },
      'considerations[0].basis must be one of chapter, predecessor, api, inference, not "me"',
    ],
    [
      'a flag as text',
      { ...sound, participants: [{ ...asker, serves: 'yes' }] },
      'participants[0].serves must be true or false, not string',
    ],
    [
      'no main participant',
      { ...sound, participants: [asker] },
      'participants needs exactly one with main: true, and has 0',
    ],
    [
      'a main one that serves nothing',
      { ...sound, participants: [{ ...asker, main: true }] },
      'participant asker is main but serves nothing',
    ],
    [
      'a participant named twice',
      { ...sound, participants: [...sound.participants, asker] },
      'participants names asker twice',
    ],
    [
      'an arrow to nobody',
      { ...sound, interactions: [{ from: 'asker', to: 'nobody', label: 'x', kind: 'call' }] },
      'interactions[0].to names nobody, who is no participant (asker, answerer)',
    ],
    ['a dialect without a file', { ...sound, dialects: ['fancy'] }, 'there is no sandbox/dialects/fancy.yaml'],
  ])('names the place of %s in pattern.yaml', async (_what, manifest, message) => {
    const catalogue = await open({ 'patterns/a/pattern.yaml': manifest });
    await expect(catalogue.manifest('a')).rejects.toThrow(message);
  });

  it.each([
    ['a name that is none', 'First.yaml', lesson('asker'), 'a scenario is <lower-case-words>.yaml'],
    [
      'a turn of nobody',
      'first.yaml',
      lesson('someone'),
      'step "Asks": turn is someone, not one of sandbox, asker, answerer',
    ],
    ['a member that is missing', 'first.yaml', { title: 'First' }, 'patterns/a/scenarios/first.yaml: '],
  ])('names the place of %s in a scenario', async (_what, file, content, message) => {
    const catalogue = await open({ 'patterns/a/pattern.yaml': sound, [`patterns/a/scenarios/${file}`]: content });
    await expect(catalogue.scenarios('a')).rejects.toThrow(message);
  });

  it('refuses code that exports no app', async () => {
    const catalogue = await open({ 'patterns/a/pattern.yaml': sound, 'patterns/a/app.ts': 'export const ap = 1;' });
    await expect(catalogue.app('a')).rejects.toThrow('patterns/a/app.ts: it must export `app` with its handlers');
  });
});

describe('the catalogue of this package', () => {
  it('holds sound manifests, dialects, contracts, requirements and scenarios only', async () => {
    const catalogue = await openCatalogue();
    expect(catalogue.ids).toContain('synchronous-request-response');
    for (const id of catalogue.ids) {
      await catalogue.manifest(id);
      await catalogue.dialects(id);
      await catalogue.requirements(id);
      await catalogue.scenarios(id);
    }
    for (const name of catalogue.contracts) await catalogue.contract(name);
  });
});
