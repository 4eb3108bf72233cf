import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { ASSERTION_TYPE, newSupplier, post, type Supplier, sign } from '../../sandbox/auth/supplier.test-data.ts';
import { readConfig } from '../../sandbox/config.ts';
import { type ContractOperation, compileContract } from '../../sandbox/contract.ts';
import { timestampOf, writeToken } from '../../sandbox/dialects/mesh-token.ts';
import { offers, takingPart } from '../../sandbox/serving.ts';
import { testStore } from '../../sandbox/sql/store.test-data.ts';
import { type Catalogue, openCatalogue } from '../../src/catalogue.ts';
import { type RunningService, startService } from '../../src/main.ts';
import { expectPortsApart, type WithPorts } from './apart-ports.test-data.ts';
import { request } from './sandbox-client.ts';

let service: RunningService;
let supplier: Supplier;
const catalogue: Catalogue = await openCatalogue();
const live = catalogue.ids.filter((id) => catalogue.live(id));
const spoken = await Promise.all(
  live.map(async (pattern) => (await catalogue.dialects(pattern)).map(({ id }) => ({ pattern, dialect: id }))),
);

beforeAll(async () => {
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', MLLP_PORTS: '0', STORE_URL: await testStore() });
  const ports = Array.from({ length: 40 }, () => 0);
  service = await startService({ ...config, mllp: { ports, asked: true } }, { catalogue, people: 3 });
  supplier = await newSupplier('k1');
});
afterAll(() => service.close());

interface Made extends WithPorts {
  readonly participants: readonly { name: string }[];
  readonly authentication?: { tokenUrl: string; clients: readonly { participant: string; clientId: string }[] };
}

const make = async (body: object): Promise<Made> => {
  const made = await request(service.url, 'POST', '/api/sandboxes', { body });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return made.body as Made;
};

type Headers = Readonly<Record<string, string>>;
/** How a caller of this sandbox proves who it is; anew for each request, for some proofs are good once. */
type Prove = (operation: ContractOperation) => Promise<Headers>;

const tokenOf = async ({ authentication }: Made): Promise<string> => {
  const { tokenUrl = '', clients = [] } = authentication ?? {};
  const { clientId = '' } = clients[0] ?? {};
  const client_assertion = await sign(supplier, { clientId, tokenUrl, now: Date.now() });
  const form = { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE, client_assertion };
  return JSON.parse(await (await post(tokenUrl, form)).text()).access_token;
};

const bearer =
  (token: string): Prove =>
  async () => ({ authorization: `Bearer ${token}` });
const inMesh = (path: string): boolean => path.startsWith('/messageexchange');
const meshToken = (mailbox: string, password: string): string =>
  writeToken({ mailbox, nonce: crypto.randomUUID(), count: '0', timestamp: timestampOf(Date.now()) }, password);

/** By sandbox: all of one mode, so that nothing but whose they are tells their credentials apart. */
type Mode = readonly [mode: string, prover: (made: Made, credential: string) => Promise<Prove>];
const MODES: readonly [Mode, ...Mode[]] = [
  ['bearer', async (_made, credential) => bearer(credential)],
  ['api-key', async (_made, credential) => async () => ({ apikey: credential })],
  ['signed-jwt', async (made) => bearer(await tokenOf(made))],
];

const fill = (path: string): string => path.replaceAll(/\{[^}]+\}/g, 'X26ABC1');

const ask = async (made: Made, participant: string, operation: ContractOperation, headers: Headers) => {
  const reply = await fetch(`${service.url}/sandboxes/${made.id}/${participant}${fill(operation.path)}`, {
    method: operation.method,
    headers: { accept: 'application/json, */*', 'content-type': 'application/fhir+json', ...headers },
    ...(operation.method === 'GET' || operation.method === 'HEAD' ? {} : { body: '{}' }),
    signal: AbortSignal.timeout(20_000),
  });
  await reply.body?.cancel();
  return reply.status;
};

/** Each pattern in each dialect, the modes in turn: whoever judges a caller knows nothing of the operation. */
const pairs = spoken.flat().map((one, index) => ({ ...one, turn: MODES[index % MODES.length] ?? MODES[0] }));

const credentialOf = ({ endpoints }: Made): string =>
  endpoints.find(({ credential }) => credential !== undefined)?.credential ?? '';

/** As a WebSocket, too: the status with which it is refused. */
const upgraded = async (url: string, headers: Headers): Promise<number> => {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  const [, reply] = await once(socket, 'unexpected-response');
  socket.on('error', () => undefined).terminate();
  return reply.statusCode;
};

interface Sides {
  readonly mine: Made;
  readonly theirs: Made;
  readonly foreign: Prove;
  readonly own: Prove;
  /** Whether the dialect has a way of its own to prove who calls. */
  readonly otherwise: boolean;
}

const answersOwnOnly = async (
  { mine, theirs, foreign, own, otherwise }: Sides,
  role: string,
  operation: ContractOperation,
) => {
  const where = `${operation.method} ${operation.path} of ${role}`;
  if (otherwise || inMesh(operation.path)) {
    const status = await ask(theirs, role, operation, { authorization: meshToken('X26ABC1', credentialOf(mine)) });
    expect([where, [401, 403].includes(status)]).toEqual([where, true]);
    return;
  }
  const url = `${service.url}/sandboxes/${theirs.id}/${role}${fill(operation.path)}`;
  const told = [
    await ask(theirs, role, operation, await foreign(operation)),
    await ask(theirs, role, operation, {}),
    operation.method === 'GET' ? await upgraded(url, await foreign(operation)) : 401,
  ];
  if (operation.open) {
    // It asks for a proof in the address instead, which nobody has here (sandbox/entrance.ts).
    expect([where, told.every((status) => status >= 400)]).toEqual([where, true]);
    return;
  }
  expect([where, ...told]).toEqual([where, 401, 401, 401]);
  expect([where, (await ask(theirs, role, operation, await own(operation))) === 401]).toEqual([where, false]);
};

describe('two sandboxes side by side', () => {
  /** How many MLLP endpoints were tried. */
  const ports = new Map<string, number>();

  it.each(pairs)(
    'of $pattern in $dialect answer nothing to the other’s credentials',
    async ({ pattern, dialect, turn }) => {
      const loaded = await catalogue.load(pattern);
      const { contract = loaded.contract, authentication } = await loaded.dialect(dialect);
      const roles = takingPart(loaded.manifest.participants, dialect).map(([, role]) => role);
      const caller = roles.find(({ starts }) => starts.length > 0)?.name ?? '';
      const otherwise = authentication !== undefined;
      const [mode, prover] = otherwise ? MODES[0] : turn;
      const clients = { [caller]: { jwks: { keys: [supplier.publicKey] } } };
      const auth = mode === 'signed-jwt' ? { mode, clients } : mode;
      const [mine, theirs] = await Promise.all([make({ pattern, dialect, auth }), make({ pattern, dialect, auth })]);
      const [foreign, own] = await Promise.all([mine, theirs].map((made) => prover(made, credentialOf(made))));
      if (foreign === undefined || own === undefined) throw new Error('There is nothing to prove who calls');
      const operations = await compileContract(contract);
      const offered = roles.flatMap((role) =>
        operations.filter((operation) => offers(role, operation)).map((operation) => [role.name, operation] as const),
      );
      expect(offered.length).toBeGreaterThan(0);
      const sides = { mine, theirs, foreign, own, otherwise };
      await Promise.all(offered.map(([role, operation]) => answersOwnOnly(sides, role, operation)));
      ports.set(`${pattern} in ${dialect}`, await expectPortsApart(service.url, mine, theirs));
      for (const { id, key } of [mine, theirs]) await request(service.url, 'DELETE', `/api/sandboxes/${id}`, { key });
    },
  );

  it('were tried at every port, too, of those that have any', () => {
    expect([...ports].filter(([, count]) => count > 0).length).toBeGreaterThan(2);
  });
});

describe('fingerpost conform, with a client in its profile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fingerpost-profile-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('signs for a token with the key in a file, and drives a target that asks for one', async () => {
    const clients = { requester: { jwks: { keys: [supplier.publicKey] } } };
    const made = await make({
      pattern: 'synchronous-request-response',
      dialect: 'pds',
      auth: { mode: 'signed-jwt', clients },
    });
    writeFileSync(join(folder, 'key.pem'), supplier.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { tokenUrl, clients: shown = [] } = made.authentication ?? {};
    const client = { tokenUrl, clientId: shown[0]?.clientId, kid: 'k1', privateKeyFile: 'key.pem' };
    writeFileSync(join(folder, 'profile.yaml'), JSON.stringify({ dialect: 'pds', credentials: { client } }));
    const start = fileURLToPath(new URL('../../start.mjs', import.meta.url));
    const target = made.endpoints.find(({ protocol }) => protocol === 'fhir-r4')?.url ?? '';
    const told = ['conform', '--pattern', 'synchronous-request-response', '--target', target, '--format', 'json'];
    const given = [start, ...told, '--profile', join(folder, 'profile.yaml')];
    // It may exit with 1, for what else it finds; what it printed is looked at.
    const child = await promisify(execFile)(process.execPath, given).catch((error: { stdout: string }) => error);
    const report: { requirements: { id: string; verdict: string }[] } = JSON.parse(child.stdout);
    const verdictOf = (id: string) => report.requirements.find((one) => one.id === id)?.verdict;
    expect([verdictOf('COM-03'), verdictOf('COM-09')]).toEqual(['pass', 'pass']);
  });
});
