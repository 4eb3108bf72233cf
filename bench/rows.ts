import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { get, type Loaded, load, post } from './load.ts';
import { type Started, startBaseline, startProduct } from './processes.ts';
import { median, type Row, spread } from './row.ts';
import { createSandbox, fill, nhsNumbers, patient } from './sandbox.ts';

export interface Settings {
  readonly folder: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly sandboxes: number;
  readonly patients: number;
}

const MB = 1024 * 1024;

export const starts = async ({ folder, rounds }: Settings): Promise<Row[]> => {
  rmSync(fileURLToPath(new URL('../.cache/compile', import.meta.url)), { recursive: true, force: true });
  const times: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const product = await startProduct(`${folder}/starts`);
    times.push(product.milliseconds);
    await product.stop();
  }
  const [first = Number.NaN, ...later] = times;
  return [
    {
      name: 'first start to /readyz (no compile cache)',
      unit: 'ms',
      value: first,
      spread: [first, first],
      budget: undefined,
      detail: {},
    },
    {
      name: 'later start to /readyz',
      unit: 'ms',
      value: median(later),
      spread: spread(later),
      budget: { atMost: 1000 },
      detail: {},
    },
  ];
};

interface Measured extends Loaded {
  readonly cpu: number;
}

const measure = async (server: Started, work: () => Promise<Loaded>): Promise<Measured> => {
  const before = server.cpu();
  const loaded = await work();
  return { ...loaded, cpu: ((server.cpu() - before) / loaded.requests) * 1e6 };
};

const compare = (name: string, atLeast: number, ours: readonly Measured[], bare: readonly Measured[]): Row => {
  const ratios = ours.map((one, index) => one.perSecond / (bare[index]?.perSecond ?? Number.NaN));
  const detail = {
    'ours/s': median(ours.map((one) => one.perSecond)),
    'bare/s': median(bare.map((one) => one.perSecond)),
    'our CPU µs': median(ours.map((one) => one.cpu)),
    'bare CPU µs': median(bare.map((one) => one.cpu)),
    'our p99 ms': median(ours.map((one) => one.p99)),
  };
  return { name, unit: 'ratio', value: median(ratios), spread: spread(ratios), budget: { atLeast }, detail };
};

/** So often both are loaded before it counts: V8 compiles what is hot for seconds, and has more of it to compile in ours. */
const WARM = 2;

/** A round is cut into as many: other tenants of the machine come and go within seconds, and a ratio is of neighbours. */
const SLICES = 3;

/** One right after the other, and each as often the first: what else the machine does then hits both alike. */
const alternate = async (
  rounds: number,
  ours: () => Promise<Measured>,
  bare: () => Promise<Measured>,
): Promise<[Measured[], Measured[]]> => {
  for (let round = 0; round < WARM * SLICES; round += 1) {
    await bare();
    await ours();
  }
  const results: [Measured[], Measured[]] = [[], []];
  for (let round = 0; round < rounds * SLICES; round += 1) {
    if (round % 2 === 0) results[1].push(await bare());
    results[0].push(await ours());
    if (round % 2 === 1) results[1].push(await bare());
  }
  return results;
};

export const readsAndCreates = async ({ folder, rounds, seconds: whole }: Settings): Promise<Row[]> => {
  const product = await startProduct(`${folder}/http`);
  // What it does beforehand for whoever comes first is over a moment after it is ready; bare Express does nothing of the kind.
  await product.settled();
  const sandbox = await createSandbox(product.url);
  const numbers = nhsNumbers();
  await fill(product.url, sandbox, numbers, 1);
  const first = await fetch(new URL(`${sandbox.path}/Patient?_count=1`, product.url));
  const id = String(/"id":\s*"([^"]+)"/.exec((await first.text()).split('"entry"')[1] ?? '')?.[1]);
  const path = `${sandbox.path}/Patient/${id}`;
  const sample = await fetch(new URL(path, product.url));
  const bytes = await sample.text();
  if (!sample.ok) throw new Error(`GET ${path} answered ${sample.status}`);
  const baseline = await startBaseline(bytes, sample.headers.get('content-type') ?? 'application/fhir+json');
  const type = { 'Content-Type': 'application/fhir+json' };
  const seconds = whole / SLICES;
  try {
    const reading = (server: Started, url: string) =>
      measure(server, () => load({ url: server.url, callers: 16, seconds, expect: 200, request: get(url) }));
    const reads = await alternate(
      rounds,
      () => reading(product, path),
      () => reading(baseline, '/same'),
    );
    const creating = (server: Started, url: string) =>
      measure(server, () =>
        load({
          url: server.url,
          callers: 16,
          seconds,
          expect: 201,
          request: post(url, (n) => JSON.stringify(patient(String(numbers.next().value), n)), type),
        }),
      );
    const creates = await alternate(
      rounds,
      () => creating(product, `${sandbox.path}/Patient`),
      () => creating(baseline, '/echo'),
    );
    return [
      compare('FHIR read, journalled, against bare Express', 0.5, ...reads),
      compare('FHIR create, 16 callers, against bare echo', 0.25, ...creates),
    ];
  } finally {
    await Promise.all([product.stop(), baseline.stop()]);
  }
};

export const sandboxesAndMemory = async ({ folder, rounds, sandboxes }: Settings): Promise<Row[]> => {
  const product = await startProduct(`${folder}/memory`);
  try {
    const idle = product.rss();
    const times: number[] = [];
    for (let round = 0; round < rounds * 4; round += 1) {
      const began = performance.now();
      const sandbox = await createSandbox(product.url);
      const answer = await fetch(new URL(`${sandbox.path}/Patient?_count=1`, product.url));
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`the new endpoint answered ${answer.status}`);
      times.push(performance.now() - began);
    }
    await product.settled();
    const before = product.rss();
    for (let made = 0; made < sandboxes; made += 8)
      await Promise.all(Array.from({ length: 8 }, () => createSandbox(product.url)));
    const more = (product.rss() - before) / sandboxes / 1024;
    return [
      {
        name: 'POST /api/sandboxes to first 200',
        unit: 'ms',
        value: median(times),
        spread: spread(times),
        budget: { atMost: 50 },
        detail: { first: times[0] ?? Number.NaN },
      },
      {
        name: 'resident memory, idle',
        unit: 'MB',
        value: idle / MB,
        spread: [idle / MB, idle / MB],
        budget: { atMost: 150 },
        detail: {},
      },
      {
        // What is done beforehand leaves its garbage behind, and what it has compiled.
        name: 'resident memory, once it is warmed up',
        unit: 'MB',
        value: before / MB,
        spread: [before / MB, before / MB],
        budget: { atMost: 150 },
        detail: {},
      },
      {
        name: `resident memory per idle sandbox, of ${sandboxes}`,
        unit: 'KB',
        value: more,
        spread: [more, more],
        budget: { atMost: 20 },
        detail: { 'MB before': before / MB, 'MB after': product.rss() / MB },
      },
    ];
  } finally {
    await product.stop();
  }
};

export const searches = async ({ folder, rounds, seconds: whole, patients }: Settings): Promise<Row[]> => {
  const product = await startProduct(`${folder}/search`);
  const seconds = whole / SLICES;
  try {
    const sizes = [1000, patients] as const;
    const run: (() => Promise<Measured>)[] = [];
    for (const size of sizes) {
      const sandbox = await createSandbox(product.url);
      const numbers = [...nhsNumbers().take(size)];
      await fill(product.url, sandbox, numbers.values(), size);
      const path = (n: number) =>
        `${sandbox.path}/Patient?identifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C${numbers[(n * 7919) % size]}`;
      const request = (n: number, host: string) => get(path(n))(n, host);
      run.push(() => measure(product, () => load({ url: product.url, callers: 4, seconds, expect: 200, request })));
    }
    const [small, large] = run;
    if (small === undefined || large === undefined) throw new Error('two sizes are compared');
    const [many, few] = await alternate(rounds, large, small);
    const ratios = many.map((one, index) => (few[index]?.perSecond ?? Number.NaN) / one.perSecond);
    const detail = {
      'few/s': median(few.map((one) => one.perSecond)),
      'many/s': median(many.map((one) => one.perSecond)),
    };
    return [
      {
        name: `search by NHS number, ${patients} against 1000`,
        unit: 'ratio',
        value: median(ratios),
        spread: spread(ratios),
        budget: { atMost: 1.3 },
        detail,
      },
    ];
  } finally {
    await product.stop();
  }
};
