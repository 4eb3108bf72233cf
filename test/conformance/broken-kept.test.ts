import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadThisPattern } from '../../patterns/information-push/loaded.ts';
import { readsTarget } from '../../sandbox/conformance/check.ts';
import { hl7Checks } from '../../sandbox/conformance/hl7-checks.ts';
import { hl7KeptChecks } from '../../sandbox/conformance/hl7-kept-checks.ts';
import { hl7Rules, runHl7Conformance } from '../../sandbox/conformance/hl7-run.ts';
import { checkProfile } from '../../sandbox/conformance/profile.ts';
import { type NewFault, replaceFaults } from '../../sandbox/faults.ts';
import { type Played, play } from '../../sandbox/pattern-harness.test-data.ts';
import { requireSandbox } from '../../sandbox/standalone-acts.ts';
import { type Mistakes, openBrokenResponder } from './broken-responder.ts';

let served: Played;
beforeAll(async () => {
  served = await play(await loadThisPattern());
});
afterAll(() => served.close());

/** Our recipient over MLLP, whose records are read through somebody who makes these mistakes. */
const run = async (dialect: string, mistakes: Mistakes = {}, faults: readonly NewFault[] = []) => {
  const base = await served.open(dialect, { dialect, seed: 1, people: 0 });
  const { row } = await requireSandbox(served, dialect);
  await served.host.sql.transaction((tx) => replaceFaults(tx, row.serial, faults));
  const responder = await openBrokenResponder(served.url, mistakes, () => undefined);
  try {
    const { requirements } = await runHl7Conformance({
      pattern: 'information-push',
      dialect,
      target: (await served.mllpUrl(dialect, 'recipient')) ?? '',
      profile: checkProfile({ consentToWrite: true, hl7v2: { fhir: responder.at(`${base}/recipient/FHIR/R4`) } }),
      tool: 'fingerpost 0',
      progress: ({ step }) => responder.begin(step),
    });
    expect(responder.notMade()).toEqual([]);
    const checks = requirements.flatMap((one) => one.checks);
    const having = (verdict: string) => checks.filter((one) => one.verdict === verdict);
    return {
      passed: having('pass').map(({ check }) => check),
      failed: new Map(having('fail').map(({ check, message }) => [check, message])),
    };
  } finally {
    await responder.close();
  }
};

const kept = hl7KeptChecks.map(({ id }) => id);

describe.each(['fhir-r4', 'hl7v2-itk'])('what is kept of HL7 v2 in %s', (dialect) => {
  it('passes where it is kept', async () => {
    const { passed, failed } = await run(dialect);
    expect(failed).toEqual(new Map());
    expect(passed).toEqual(expect.arrayContaining(kept));
  });

  it.each([
    [
      'is overwritten, lost and not merged',
      {
        'fhir-kept': { set: { 'entry.0.resource.birthDate': null } },
        'fhir-after-older': { set: { 'entry.0.resource.name.0.family': 'XXOLDER' } },
        'fhir-retired': { set: { 'entry.0.resource.link': null } },
        'fhir-surviving': { set: { 'entry.0.resource.link': null } },
      },
      [
        'Neither record says that the one replaces the other.',
        'The name is XXOLDER, and XXNEWER was said later.',
        'Patient lacks PID-7.',
      ],
    ],
    [
      'is not there',
      {
        'fhir-visit': { set: { entry: [] } },
        'fhir-after-older': { set: { entry: [] } },
        'fhir-surviving': { set: { entry: [] } },
      },
      [
        'The record of PID-3 is not there any more.',
        'fhir-after-older: nobody was found.',
        'fhir-visit: there is no Encounter.',
      ],
    ],
  ])('is named where it %s', async (_what, answers, words) => {
    const { failed } = await run(dialect, { answers });
    const wanted = hl7KeptChecks.map(({ id, failure }, index) => [id, `${failure} ${words[index] ?? ''}`] as const);
    expect(failed).toEqual(new Map(wanted));
  });
});

it.each([
  ['wrong-id', 'v2-02-msa-2'],
  ['AE', 'v2-06-accepted'],
  ['half-frame', 'v2-01-frames'],
] as const)('a recipient under the fault %s fails %s', async (as, check) => {
  const { failed } = await run('fhir-r4', {}, [{ participant: 'recipient', effect: { kind: 'mllp', as } }]);
  expect([...failed.keys()]).toContain(check);
});

it('every check of who receives HL7 v2 is shown to fail, here or by a receiver with each mistake (hl7-run.test.ts)', async () => {
  const { checks } = await hl7Rules();
  expect(checks.filter(readsTarget).map(({ id }) => id)).toEqual([...hl7Checks.map(({ id }) => id), ...kept]);
});
