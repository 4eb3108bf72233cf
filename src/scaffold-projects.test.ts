import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { hl7Requirements } from '../sandbox/conformance/hl7-requirements.ts';
import { sharedRequirements } from '../sandbox/conformance/shared-requirements.ts';
import { factsFor } from './api/scaffold-facts.ts';
import { openCatalogue } from './catalogue.ts';
import { dialectsNamed } from './dialects-named.test-data.ts';
import type { Ask } from './scaffold/ask.ts';
import { engineFor, enginesOf } from './scaffold/engines.ts';
import { follow, type Known } from './scaffold/follow.ts';
import { hashOf, makeProject, type Project } from './scaffold/project.ts';
import { writeProject } from './scaffold/write.ts';
import { zipped } from './scaffold/zip.ts';

const root = new URL('../', import.meta.url);
const catalogue = await openCatalogue();
const read: Known = new Map();
type Wanted = Pick<Ask, 'pattern' | 'dialect' | 'decision'> & { readonly store?: string; readonly broker?: string };
const make = async ({ store, broker, ...ask }: Wanted, known = read): Promise<Project> => {
  const engines = { store: engineFor(root, 'store', store), broker: engineFor(root, 'broker', broker) };
  return makeProject(root, { ...ask, ...engines }, await factsFor(catalogue, ask.pattern, ask.dialect), known);
};
const textOf = (project: Project, file: string): string => Buffer.from(project.get(file) ?? []).toString('utf8');

const GENERATED =
  /^(?:\.fingerpost\.yaml|\.github\/workflows\/conformance\.yml|\.gitignore|conform\.ts|README\.md|package(?:-lock)?\.json|tsconfig\.json|vitest\.config\.ts|compose\.yaml|\.env)$/;

const LIVE = catalogue.ids.filter((id) => catalogue.live(id));

describe.each(LIVE)('the project of %s', (pattern) => {
  let project: Project;
  beforeAll(async () => {
    project = await make({ pattern });
  });

  it('has our files as they are, and none of another pattern or of the service', async () => {
    const copied = [...project.keys()].filter((file) => !GENERATED.test(file));
    const foreign = copied.filter((file) => !new RegExp(`^(?:patterns/${pattern}/|sandbox/|openapi/)`).test(file));
    expect(foreign).toEqual([]);
    for (const file of copied)
      expect(readFileSync(new URL(file, root)).equals(Buffer.from(project.get(file) ?? []))).toBe(true);
    expect(copied).toContain(`patterns/${pattern}/README.md`);
  });

  it('names us once, where its README says where it comes from', () => {
    const lines = [...project].flatMap(([file, bytes]) =>
      Buffer.from(bytes)
        .toString('utf8')
        .split('\n')
        .flatMap((line) => (/finger.?post/i.test(line) ? [[file, line]] : [])),
    );
    expect(lines).toEqual([['README.md', expect.stringMatching(/^Made by Fingerpost \d/)]]);
  });

  it('asks for the packages that it imports, in our versions, and its lock file has them', async () => {
    const { dependencies, devDependencies } = JSON.parse(textOf(project, 'package.json'));
    const { packages } = JSON.parse(textOf(project, 'package-lock.json'));
    const ours = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect({ ...ours.dependencies, ...ours.devDependencies }[name]).toBe(version);
      expect(packages[`node_modules/${name}`]?.version, name).toBe(version);
    }
    expect(Object.keys(dependencies)).toContain('express');
    expect(Object.keys(dependencies)).not.toContain('vitest');
    // Nor is anything said there of packages that it has not.
    const { overrides = {}, allowScripts = {} } = JSON.parse(textOf(project, 'package.json'));
    for (const name of Object.keys({ ...overrides, ...allowScripts }))
      expect(
        Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)),
        name,
      ).toBe(true);
    for (const foreign of ['amqplib', 'bullmq', 'pg', 'swagger-ui-express', 'commander', 'lit'])
      expect(Object.keys({ ...dependencies, ...devDependencies })).not.toContain(foreign);
  });

  it('judges itself in every dialect', async () => {
    const { judged, spoken } = await factsFor(catalogue, pattern, undefined);
    expect(judged).toEqual(spoken);
  });
});

/** Found by name when it runs: drivers, and what is of a dialect. */
const BY_NAME = /^(?:sandbox\/(?:sql\/sqlite|broker\/local)\.ts|(?:sandbox|patterns\/[\w-]+)\/dialects\/[\w-]+\.ts)$/;
/** Data that is read by its name, or by that of its folder. */
const READ =
  /^(?:openapi\/[\w-]+\.asyncapi\.yaml|sandbox\/dialects\/[\w.-]+\.yaml|patterns\/[\w-]+\/(?:README\.md|test\/[\w/-]+\.yaml))$/;

/** What is of no use to a project: from where it is started, judged and tested, nothing leads there. */
const unreached = async (project: Project, pattern: string): Promise<readonly string[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'reached-'));
  writeProject(project, folder);
  const files = [...project.keys()];
  const starts = files.filter((file) => file.endsWith('.test.ts') || BY_NAME.test(file));
  const reached = await follow(pathToFileURL(`${folder}/`), ['conform.ts', `patterns/${pattern}/main.ts`, ...starts]);
  rmSync(folder, { recursive: true });
  return files.filter((file) => !reached.files.includes(file) && !GENERATED.test(file) && !READ.test(file));
};

const SPOKEN = await Promise.all(
  LIVE.map(async (pattern) =>
    [undefined, ...(await catalogue.dialects(pattern)).map(({ id }) => id)].map((dialect) => ({ pattern, dialect })),
  ),
);

const DIALECTS = [...new Set(SPOKEN.flat().flatMap(({ dialect = [] }) => dialect))];
/** A protocol of endpoints is called as the dialect is. */
const NAMED_AS_PROTOCOL = ['sandbox/places.ts'];
const known = new Map<string, ReturnType<typeof dialectsNamed>>();
/** A file is looked through once, though many projects have it. */
const namedIn = (file: string, bytes: Uint8Array) => {
  const key = GENERATED.test(file) ? hashOf(bytes) : file;
  const found = known.get(key) ?? dialectsNamed(Buffer.from(bytes).toString('utf8'), DIALECTS);
  known.set(key, found);
  return found;
};

describe.each(SPOKEN.flat())('the project of $pattern in $dialect', ({ pattern, dialect }) => {
  let project: Project;
  /** The dialects that are spoken; mailboxes stand beside the events of MNS. */
  const here = async (): Promise<Set<string>> => {
    const { spoken } = await factsFor(catalogue, pattern, dialect);
    return new Set([...spoken, ...(spoken.includes('mns') ? ['mesh'] : [])]);
  };
  beforeAll(async () => {
    project = await make({ pattern, ...(dialect && { dialect }) });
  });

  it('has no file that is of no use: from where it is started, judged and tested, all are reached', async () => {
    expect(await unreached(project, pattern)).toEqual([]);
  });

  it('has nothing that is of another dialect', async () => {
    const of =
      /^(?:sandbox\/dialects\/([\w-]+?)(?:\.openapi)?\.yaml|patterns\/[\w-]+\/(?:(?:dialects|own-seats)\/([\w-]+)\.ts|test\/(?!every\/)([\w-]+)\/.*))$/;
    const named = [...project.keys()].flatMap((file) => of.exec(file)?.slice(1).find(Boolean) ?? []);
    expect([...new Set(named)].sort()).toEqual([...(await here())].sort());
  });

  it('names no other dialect in its code, but as a key of a table or an entry of a list', async () => {
    const spoken = await here();
    const named = [...project]
      .filter(([file]) => file.endsWith('.ts') && !NAMED_AS_PROTOCOL.includes(file))
      .flatMap(([file, bytes]) =>
        namedIn(file, bytes)
          .filter(([other]) => !spoken.has(other))
          .map(([, text]) => `${file}: ${text}`),
      );
    expect(named).toEqual([]);
  });
});

describe('what a project is asked to be', () => {
  const pattern = 'synchronous-request-response';

  it('brings the drivers of its engines, a compose file and their settings', async () => {
    const project = await make({ pattern, store: 'postgres', broker: 'amqp' });
    expect(Object.keys(JSON.parse(textOf(project, 'package.json')).dependencies)).toEqual(
      expect.arrayContaining(['amqplib', 'pg']),
    );
    expect(Object.keys(parse(textOf(project, 'compose.yaml')).services)).toEqual(['postgres', 'rabbitmq']);
    expect(textOf(project, '.github/workflows/conformance.yml')).toContain('docker compose up -d --wait');
    expect((await make({ pattern })).has('compose.yaml')).toBe(false);
  });

  it.each([['amqp'], ['redis']] as const)('has settings that fit its engines, with %s', async (broker) => {
    const project = await make({ pattern, store: 'postgres', broker });
    const { services } = parse(textOf(project, 'compose.yaml'));
    const urls = [...textOf(project, '.env').matchAll(/^\w+=(.*)$/gm)].map(([, url = '']) => new URL(url));
    for (const { protocol, hostname, port, username, password } of urls) {
      const {
        image,
        ports,
        environment = {},
        healthcheck,
      } = services[{ 'postgres:': 'postgres', 'amqp:': 'rabbitmq', 'redis:': 'redis' }[protocol] ?? ''];
      expect(ports).toContain(`${hostname}:${port}:${port}`);
      expect(Object.values(environment)).toEqual(expect.arrayContaining([username, password].filter(Boolean)));
      expect([image, healthcheck.test[0]]).toEqual([expect.stringMatching(/^[a-z]+:\d+/), 'CMD']);
    }
    expect(urls[1]?.searchParams.get('prefix')).toBe(pattern);
    // Nor do the drivers' files name us.
    const lines = [...project.keys()].flatMap((file) => textOf(project, file).match(/^.*fingerpost.*$/gim) ?? []);
    expect(lines).toEqual([expect.stringMatching(/^Made by Fingerpost/)]);
  });

  it.each([
    ['store', 'sandbox/sql/', 'OpenSql'],
    ['broker', 'sandbox/broker/', 'OpenBroker'],
  ] as const)('may be each %s that there is a driver for', (kind, folder, port) => {
    const drivers = readdirSync(new URL(folder, root)).filter((file) =>
      readFileSync(new URL(`${folder}${file}`, root), 'utf8').includes(`export const open: ${port} =`),
    );
    const engines = enginesOf(root, kind);
    expect(engines.map(({ id }) => `${id}.ts`).sort()).toEqual(drivers.sort());
    for (const { id, url } of engines) expect(url).toMatch(new RegExp(`^${id}:`));
    expect(engines.map(({ compose }) => compose === undefined).indexOf(false)).toBe(1);
  });

  it('serves and judges one dialect alone', async () => {
    const { scripts } = JSON.parse(textOf(await make({ pattern, dialect: 'pds' }), 'package.json'));
    expect([scripts.start, scripts.conform]).toEqual([
      expect.stringMatching(/main\.ts --dialect pds$/),
      'node conform.ts --dialect pds',
    ]);
    await expect(factsFor(catalogue, pattern, 'klingon')).rejects.toThrow(/klingon/);
  });

  it('has the requirements that bind in its dialect alone', async () => {
    const push = (dialect: string) => make({ pattern: 'information-push', dialect });
    const [mesh, itk] = await Promise.all([push('mesh'), push('hl7v2-itk')]);
    expect(textOf(mesh, 'README.md')).toContain('| PSH-05 |');
    expect(textOf(itk, 'README.md')).not.toContain('| PSH-05 |');
  });

  it('has its decision in the README, and every requirement that it must keep', async () => {
    const decision = { id: 'd1', answers: { Q1: 'yes' }, markdown: '# Ask the GP system\n\nBecause.' };
    const project = await make({ pattern, decision });
    expect(textOf(project, 'README.md')).toMatch(/## Why this pattern\n\n## Ask the GP system\n\nBecause\./);
    const bound = [...(await sharedRequirements()), ...(await catalogue.requirements(pattern))];
    // Of HL7 v2 what binds outside the ITK, too: it is spoken over MLLP.
    const overMllp = (await hl7Requirements()).filter(({ dialects }) => dialects === undefined);
    expect(textOf(await make({ pattern, dialect: 'pds' }), 'README.md')).not.toContain('| V2-01 |');
    for (const { id } of [...bound, ...overMllp]) expect(textOf(project, 'README.md')).toContain(`| ${id} |`);
    expect(textOf(project, '.fingerpost.yaml')).toMatch(/decision: d1\nanswers:\n {2}Q1: yes/);
  });

  it('is the same bytes for the same question, zipped', async () => {
    const [one, two] = [zipped(await make({ pattern }), pattern), zipped(await make({ pattern }, new Map()), pattern)];
    expect(Buffer.from(one).equals(Buffer.from(two))).toBe(true);
    const files = unzipSync(one);
    expect(Object.keys(files)).toContain(`${pattern}/package.json`);
    expect(existsSync(new URL('package-lock.json', root))).toBe(true);
  });
});
