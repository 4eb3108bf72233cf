import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newSupplier, type Supplier } from '../../sandbox/auth/supplier.test-data.ts';
import { readConfig } from '../../sandbox/config.ts';
import { type JournalCheck, readsJournal } from '../../sandbox/conformance/check.ts';
import { hl7Rules } from '../../sandbox/conformance/hl7-run.ts';
import { levelIn } from '../../sandbox/conformance/requirement.ts';
import { testEnvironment } from '../../sandbox/engines.test-data.ts';
import { openCatalogue } from '../../src/catalogue.ts';
import { loadConformance } from '../../src/catalogue-conformance.ts';
import { type RunningService, startService } from '../../src/main.ts';
import { liveCases } from './live-case.ts';
import { movedClock } from './live-clock.ts';
import { playLive } from './live-player.ts';

const catalogue = await openCatalogue();
const cases = await liveCases(catalogue.ids);
const clock = movedClock();
let service: RunningService;
let supplier: Supplier;
beforeAll(async () => {
  const config = readConfig({ PORT: '0', MLLP_PORTS: '0,0,0,0', LOG_LEVEL: 'silent', ...(await testEnvironment()) });
  supplier = await newSupplier('k1');
  service = await startService(config, { people: 3, now: clock.now });
});
afterAll(() => service.close());

/** All that the service judges a participant by, each with its words. */
const journalChecks = async (): Promise<ReadonlyMap<string, JournalCheck>> => {
  const rules = await Promise.all([hl7Rules(), ...catalogue.ids.map((id) => loadConformance(catalogue, id))]);
  return new Map(rules.flatMap(({ checks }) => checks.filter(readsJournal)).map((check) => [check.id, check]));
};
const checks = await journalChecks();

describe('a participant that really takes part, judged by', () => {
  it.for(cases)('$id in $dialect: $what', async (one) => {
    const report = await playLive({ url: service.url, clock, supplier, catalogue }, one);
    const found = report.requirements
      .flatMap((requirement) => requirement.checks)
      .find(({ check }) => check === one.id);
    const [failure, told] = one.verdict === 'fail' ? [checks.get(one.id)?.failure ?? '', one.message ?? ''] : ['', ''];
    expect({ verdict: found?.verdict, message: found?.message }).toEqual({
      verdict: one.verdict,
      message: expect.stringContaining(told),
    });
    expect(found?.message.slice(0, failure.length)).toBe(failure);
    // Each verdict can be looked up in what was exchanged.
    expect(found?.steps).not.toEqual([]);
    expect(report.exchanges.map(({ step }) => step)).toEqual(expect.arrayContaining([...(found?.steps ?? [])]));
  });
});

/** Every check in each dialect that it is for; those that all patterns share in one. */
const wanted = async (): Promise<readonly string[]> => {
  const own = await Promise.all(
    catalogue.ids.map(async (id) => {
      const { dialects } = await catalogue.manifest(id);
      const requirements = await catalogue.requirements(id);
      return [...checks.values()].flatMap((check) => {
        const bound = requirements.filter((one) => check.requirements.includes(one.id));
        const isFor = (dialect: string): boolean =>
          (check.dialects?.includes(dialect) ?? true) && bound.some((one) => levelIn(one, dialect) !== undefined);
        return dialects.filter(isFor).map((dialect) => `${check.id} in ${dialect}`);
      });
    }),
  );
  const pairs = own.flat();
  return [...pairs, ...[...checks.keys()].filter((id) => !pairs.some((pair) => pair.startsWith(`${id} `)))];
};

it('plays the fault that a report names for what was not seen, but for the one that takes a real minute', () => {
  const played = cases.filter(({ play }) => Object.values(play).some(({ stimulus }) => stimulus === true));
  const named = [...checks.values()].filter(({ stimulus: { fault } }) => fault && fault.effect.kind !== 'latency');
  expect(named.map(({ id }) => id).filter((id) => !played.some((one) => one.id === id))).toEqual([]);
});

it('shows of every check that reads a journal that one who takes part can pass it, and that another fails it in its words', async () => {
  const shown = cases
    .filter(({ verdict, message }) => verdict === 'pass' || message !== undefined)
    .flatMap(({ id, dialect, verdict }) => [`${id}: ${verdict}`, `${id} in ${dialect}: ${verdict}`]);
  const all = (await wanted()).flatMap((one) => [`${one}: pass`, `${one}: fail`]);
  expect(all.filter((one) => !shown.includes(one))).toEqual([]);
});
