import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { openDrivable } from '../../sandbox/conformance/own-driven.ts';
import type { OwnSeat } from '../../sandbox/conformance/own-seats.ts';
import { checkProfile } from '../../sandbox/conformance/profile.ts';
import type { Report } from '../../sandbox/conformance/report.ts';
import { type Conformance, runConformance } from '../../sandbox/conformance/run.ts';
import { type NewFault, replaceFaults } from '../../sandbox/faults.ts';
import { modulesIn } from '../../sandbox/found-by-name.ts';
import type { LoadedPattern } from '../../sandbox/http/host.ts';
import { play } from '../../sandbox/pattern-harness.test-data.ts';
import { requireSandbox } from '../../sandbox/standalone-acts.ts';
import { openCatalogue } from '../../src/catalogue.ts';
import { loadConformance } from '../../src/catalogue-conformance.ts';
import { type Mistakes, openBrokenResponder } from './broken-responder.ts';

/** A responder that makes mistakes, and what has to be said of it in each of these dialects. */
export interface Broken extends Mistakes {
  readonly what: string;
  readonly dialects: readonly string[];
  /** Faults of the sandbox itself, beside what it is made to say. */
  readonly faults?: readonly NewFault[];
  /** Beside what the pattern says of its seats; `{target}` is the responder's address. */
  readonly profile?: object;
  /** Check → part of what is found. Every other check says what it says of a sound responder, or that it has seen nothing. */
  readonly fails: Readonly<Record<string, string>>;
  /** Checks that pass here, and of which our own sandbox shows nothing: what it does otherwise is no mistake. */
  readonly passes?: readonly string[];
}

/** `patterns/<id>/test/broken.yaml`, and every `broken-<name>.yaml`. */
interface BrokenFile {
  /** Beside what the pattern says of its seats, also where nothing is broken. */
  readonly profile?: object;
  readonly responders: readonly Broken[];
}

export const patterns = async (): Promise<readonly string[]> => (await openCatalogue()).ids;

const brokenIn = async (folder: URL): Promise<readonly BrokenFile[]> => {
  const files = (await readdir(folder)).filter((file) => /^broken(-[a-z-]+)?\.yaml$/.test(file)).sort();
  return Promise.all(files.map(async (file) => parse(await readFile(new URL(file, folder), 'utf8'), { merge: true })));
};

/** A pattern of which whoever answers is driven, sound or broken. */
export interface Driven {
  readonly conformance: Conformance;
  /** In which somebody can be driven over HTTP. */
  readonly dialects: readonly string[];
  readonly broken: readonly Broken[];
  /** Serves it; `close` it in the end. */
  serve(): Promise<Serving>;
}

export interface Serving {
  /** Drives a sandbox of its own, through somebody who makes these mistakes, or none. */
  drive(dialect: string, broken?: Broken): Promise<Report>;
  close(): Promise<void>;
}

const serve = async (
  pattern: LoadedPattern,
  seats: ReadonlyMap<string, OwnSeat>,
  conformance: Conformance,
  always: BrokenFile,
) => {
  const served = await play(pattern);
  let count = 0;

  const open = async (dialect: string, faults: readonly NewFault[]) => {
    const driven = seats.get(dialect)?.driven;
    if (driven === undefined) throw new Error(`Nobody is driven in ${dialect}`);
    count += 1;
    const id = `${dialect}-${count}`;
    const opened = await openDrivable(served, pattern, id, driven, { dialect, seed: 1, people: 0 });
    const { row } = await requireSandbox(served, id);
    await served.host.sql.transaction((tx) => replaceFaults(tx, row.serial, faults));
    return opened;
  };

  const drive = async (dialect: string, broken?: Broken): Promise<Report> => {
    const { target, profile, calledBackAt } = await open(dialect, broken?.faults ?? []);
    let listener: string | undefined;
    const responder = await openBrokenResponder(served.url, broken ?? {}, () => listener);
    const at = responder.at(target);
    const known = JSON.stringify({ ...profile, ...always.profile, ...broken?.profile }).replaceAll('{target}', at);
    try {
      const report = await runConformance(conformance, {
        pattern: pattern.id,
        dialect,
        target: at,
        profile: checkProfile(JSON.parse(known)),
        tool: 'fingerpost 0',
        progress: ({ step }) => responder.begin(step),
        listening: async (url) => {
          listener = url;
          await calledBackAt(responder.heard);
        },
      });
      const [unmade] = responder.notMade();
      if (unmade !== undefined) throw new Error(`There was no occasion to spoil ${unmade}`);
      return report;
    } finally {
      await responder.close();
    }
  };
  return { drive, close: () => served.close() };
};

/** By the dialect that each file is named after. */
const seatsIn = async (folder: URL): Promise<ReadonlyMap<string, OwnSeat>> => {
  const seats = new Map<string, OwnSeat>();
  for (const dialect of modulesIn(folder)) {
    const { ownSeat }: { ownSeat: OwnSeat } = await import(new URL(`${dialect}.ts`, folder).href);
    seats.set(dialect, ownSeat);
  }
  return seats;
};

export const drivenPattern = async (id: string): Promise<Driven> => {
  const folder = new URL(`../../patterns/${id}/`, import.meta.url);
  const { loadThisPattern }: { loadThisPattern: () => Promise<LoadedPattern> } = await import(
    new URL('loaded.ts', folder).href
  );
  const seats = await seatsIn(new URL('own-seats/', folder));
  const conformance = await loadConformance(await openCatalogue(), id);
  const files = await brokenIn(new URL('test/', folder));
  const always: BrokenFile = Object.assign({}, ...files);
  const dialects = [...seats].filter(([, { driven }]) => driven !== undefined);
  return {
    conformance,
    dialects: dialects.map(([dialect]) => dialect),
    broken: files.flatMap(({ responders }) => responders),
    serve: async () => serve(await loadThisPattern(), seats, conformance, always),
  };
};
