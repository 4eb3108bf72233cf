import { createWriteStream } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { checkHl7Target, hl7Rules, isMllp } from '../../sandbox/conformance/hl7-run.ts';
import type { Passing } from '../../sandbox/conformance/passing.ts';
import { FORMATS, type Format, printReports } from '../../sandbox/conformance/print.ts';
import { EMPTY_PROFILE } from '../../sandbox/conformance/profile.ts';
import {
  checkReportFiles,
  checkWritable,
  writeReport,
  writeReportFiles,
} from '../../sandbox/conformance/report-files.ts';
import type { Level } from '../../sandbox/conformance/requirement.ts';
import { checkTargets } from '../../sandbox/conformance/run.ts';
import { UsageError } from '../../sandbox/conformance/run-errors.ts';
import { checkWaivers } from '../../sandbox/conformance/waivers.ts';
import { readWaivers } from '../../sandbox/conformance/waivers-file.ts';
import { parseDuration } from '../../sandbox/duration.ts';
import type { PatternManifest } from '../../sandbox/manifest.ts';
import { ProblemError } from '../../sandbox/problem.ts';
import { openCatalogue } from '../catalogue.ts';
import { loadConformance, loadPassing } from '../catalogue-conformance.ts';
import { judgeBetween } from '../proxy/judge.ts';
import { createRecord } from '../proxy/record.ts';
import { startProxies, type Way } from '../proxy/start-proxies.ts';
import { tool } from './version.ts';

interface Options {
  readonly pattern: string;
  readonly upstream: readonly string[];
  readonly dialect?: string;
  readonly from?: string;
  readonly host: string;
  readonly port: number;
  readonly for?: number;
  readonly exchanges?: number;
  readonly timeout: number;
  readonly record?: string;
  readonly deliveries?: string | true;
  readonly format: Format;
  readonly output?: string;
  readonly minLevel: Level;
  readonly minIndex?: number;
  readonly waivers?: string;
  readonly report?: readonly string[];
  readonly allowLive?: boolean;
}

const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`a whole number from ${least} to ${most} is expected`);
    return value;
  };
const duration = (text: string): number => {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
};

/** `URL`, of the main participant, or `participant=URL`; who asks there is the first that starts something, or who was named. */
const waysOf = (
  { participants }: PatternManifest,
  { upstream, from, deliveries, allowLive = false }: Options,
  passing: Passing | undefined,
): readonly Way[] => {
  const names = participants.map(({ name }) => name);
  const main = participants.find((one) => one.main === true)?.name ?? '';
  if (from !== undefined && !names.includes(from))
    throw new UsageError(`There is no participant ${from}; there are ${names.join(', ')}`);
  const starter = participants.find(({ name, starts }) => name !== main && starts.length > 0)?.name ?? main;
  // Whoever asks to be told of things is whom they are delivered to.
  const asking = from ?? (deliveries === undefined ? starter : (passing?.delivered?.to ?? starter));
  const ways = upstream.map((text) => {
    const [, named, url = text] = /^([a-z][a-z-]*)=(.+)$/.exec(text) ?? [];
    const to = named ?? main;
    if (!names.includes(to)) throw new UsageError(`There is no participant ${to}; there are ${names.join(', ')}`);
    if (isMllp(url)) checkHl7Target(url, allowLive);
    else checkTargets({ target: url, profile: EMPTY_PROFILE, allowLive });
    return { from: to === asking ? main : asking, to, upstream: url };
  });
  const twice = ways.find(
    (way, index) => ways.findIndex((one) => one.to === way.to && isMllp(one.upstream) === isMllp(way.upstream)) < index,
  );
  if (twice !== undefined) throw new UsageError(`${twice.to} has two upstreams of the same protocol`);
  return ways;
};

const checkDeliveries = ({ pattern, deliveries }: Options, passing: Passing | undefined): void => {
  if (deliveries === undefined) return;
  if (passing?.delivered === undefined)
    throw new UsageError(`--deliveries: in ${pattern} no message names an address to which things are brought later`);
  if (deliveries === true) return;
  const url = URL.parse(deliveries);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--deliveries "${deliveries}" is not an http or https URL`);
  if (url.search !== '' || url.hash !== '')
    throw new UsageError(`--deliveries "${deliveries}": paths are put behind it, so it has no query and no fragment`);
};

/** Resolves with the first signal that asks to end, when the time is over, or when so much has passed. */
const ended = (options: Options, enough: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    enough.addEventListener('abort', () => resolve(), { once: true });
    if (options.for !== undefined) setTimeout(resolve, options.for);
  });

const stand = async (options: Options): Promise<number> => {
  const catalogue = await openCatalogue();
  const { pattern } = options;
  const known = (await catalogue.dialects(pattern)).map(({ id }) => id);
  const dialect = options.dialect ?? known[0] ?? '';
  if (!known.includes(dialect))
    throw new UsageError(`${pattern} is not checked in the dialect ${dialect}; there are ${known.join(', ')}`);
  const conformance = await loadConformance(catalogue, pattern);
  const passing = await loadPassing(pattern);
  checkDeliveries(options, passing);
  const ways = waysOf(await catalogue.manifest(pattern), options, passing);
  const { report: files = [], minLevel, minIndex } = options;
  checkReportFiles(files);
  await checkWritable([...files, options.output, options.record].filter((file) => file !== undefined));
  const rules = await hl7Rules();
  const waivers = checkWaivers(await readWaivers(options.waivers), {
    requirements: [...conformance.requirements, ...rules.requirements],
    checks: [...conformance.checks, ...rules.checks],
  });
  const file = options.record === undefined ? undefined : createWriteStream(options.record, { flags: 'a' });
  const enough = new AbortController();
  let count = 0;
  const record = createRecord((line) => {
    file?.write(line);
    count += 1;
    if (count === options.exchanges) enough.abort();
  });
  const over = ended(options, enough.signal);
  const startedAt = new Date();
  const { host, port, timeout, allowLive = false, deliveries } = options;
  const ready = (words: string): void => console.error(words);
  const proxies = await startProxies(ways, { host, port, timeout, allowLive, deliveries, record, passing, ready });
  console.error('Ctrl-C ends it and judges both sides.');
  await over;
  await Promise.all(proxies.map((proxy) => proxy.close()));
  file?.end();
  const reports = await judgeBetween(
    {
      pattern,
      dialect,
      conformance,
      passing,
      exchanges: record.all(),
      lost: record.lost(),
      startedAt,
      tool: tool(),
      demands: { minLevel, waivers, ...(minIndex === undefined ? {} : { minIndex }) },
    },
    ways,
  );
  const text = printReports(reports, options.format);
  if (options.output === undefined) process.stdout.write(text);
  else await writeReport(options.output, text);
  await writeReportFiles(files, reports);
  const codes = reports.map(({ exitCode }) => exitCode);
  return codes.find((code) => code === 1) ?? codes.find((code) => code === 0) ?? 4;
};

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export const register = (program: Command): void => {
  program
    .command('proxy')
    .summary('stand between two systems, and judge both by what passes')
    .description(
      'Stands between two real systems: one is pointed here instead of at the other, and what passes is handed on, recorded and, in the end, judged: who asked by what it sent, who answered by what it gave. Nothing is sent that neither of them sends.\nExit codes: 0 passed, 1 failed, 2 usage, 4 nothing could be judged.',
    )
    .requiredOption('--pattern <id>', 'the pattern that the two play: "fingerpost patterns" lists them')
    .requiredOption(
      '--upstream <[participant=]url>',
      'base URL of the system that answers, or mllp://host:port; again for each further participant that is called',
      collect,
    )
    .option('--dialect <id>', 'how they speak the pattern; its first when not given')
    .option(
      '--from <participant>',
      'who asks; the first that starts something when not given, or whom things are delivered to (--deliveries)',
    )
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option(
      '--port <number>',
      'where to listen for the first upstream; any free one when not given',
      whole(0, 65_535),
      0,
    )
    .option('--for <duration>', 'how long, such as PT5M; until it is stopped when not given', duration)
    .option('--exchanges <number>', 'ends after so many', whole(1, 1_000_000))
    .option('--timeout <ms>', 'how long to wait for an upstream', whole(1, 3_600_000), 120_000)
    .option(
      '--deliveries [url]',
      'stand between whoever delivers and the addresses in subscriptions, too: they are replaced in passing by ones at this URL, where the upstream reaches it; on loopback when none is given',
    )
    .option('--record <file>', 'append each exchange there as a line of JSON, credentials removed')
    .option('--allow-live', 'let a live NHS host be an upstream')
    .addOption(new Option('--format <format>', 'what to print').choices(FORMATS).default('table'))
    .addOption(
      new Option('--min-level <level>', 'fail only on requirements of at least this level')
        .choices(['SHALL', 'SHOULD'])
        .default('SHOULD'),
    )
    .option(
      '--min-index <percent>',
      'fail where less than that of what is asked of a side could be judged',
      whole(0, 100),
    )
    .option('--waivers <file>', 'YAML or JSON: failures that may stand for now, each with a reason and an expiry')
    .option('--output <file>', 'write the reports there instead of to standard output')
    .option('--report <file...>', 'write them there too, as the name ends: .html, .json, .xml (JUnit), .zip (evidence)')
    .action(async (options: Options) => {
      try {
        process.exitCode = await stand(options);
      } catch (error) {
        if (
          !(error instanceof UsageError || error instanceof ProblemError || (error instanceof Error && 'code' in error))
        )
          throw error;
        console.error(error.message);
        process.exitCode = 2;
      }
    });
};
