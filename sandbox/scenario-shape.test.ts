import { describe, expect, it } from 'vitest';
import { expectationIn, parseScenario, ScenarioFileError, stepsIn } from './scenario-shape.ts';

const STEP = 'title: T\n    narration: N\n    turn: requester\n    act: read';
const file = (step: string): string => `title: A\nsummary: B\nsteps:\n  - ${step}\n`;
const faultsOf = (yaml: string): readonly string[] => {
  try {
    parseScenario(yaml, 'some');
    return [];
  } catch (error) {
    if (error instanceof ScenarioFileError) return error.faults;
    throw error;
  }
};

describe('reading a scenario', () => {
  it('takes one with an act, one with faults and one with the clock', () => {
    const fault = '{ participant: provider, effect: { kind: drop } }';
    for (const does of [
      'turn: requester\n    act: read',
      `turn: sandbox\n    faults: [${fault}]`,
      'turn: sandbox\n    advance: PT30S',
    ])
      expect(faultsOf(file(`title: T\n    narration: N\n    ${does}`))).toEqual([]);
  });

  it.each([
    ['no steps', 'title: A\nsummary: B\nsteps: []', 'steps: is empty'],
    [
      'no narration',
      file('title: T\n    turn: requester\n    act: read'),
      'steps[0].narration: must be text, is missing',
    ],
    ['a member that is not known', file(`${STEP}\n    speed: 3`), 'steps[0].speed: is not known'],
    [
      'nothing to do',
      file('title: T\n    narration: N\n    turn: requester'),
      'steps[0]: must have exactly one of act, faults, advance',
    ],
    ['two things to do', file(`${STEP}\n    faults: []`), 'steps[0]: must have exactly one of act, faults, advance'],
    [
      'an act of sandbox',
      file(STEP.replace('requester', 'sandbox')),
      'steps[0].act: sandbox has faults and advance, no acts',
    ],
    [
      'a clock of a participant',
      file('title: T\n    narration: N\n    turn: requester\n    advance: PT1S'),
      'steps[0].turn: faults and the clock are the turn of sandbox',
    ],
    [
      'a duration that is none',
      file('title: T\n    narration: N\n    turn: sandbox\n    advance: 30s'),
      'steps[0].advance: must be an ISO 8601 duration such as P1D or PT30S, is "30s"',
    ],
    [
      'a status that is none',
      file(`${STEP}\n    expect: { status: 99 }`),
      'steps[0].expect.status: must be a whole number from 200 to 599, is 99',
    ],
    ['a list for a mapping', '[]', 'the document: must be a mapping, is a list'],
  ])('names the place of %s', (_, yaml, fault) => {
    expect(faultsOf(yaml)).toContain(fault);
  });

  it('says which file it is about', () => {
    expect(() => parseScenario('title: [', 'some', 'patterns/x/scenarios/some.yaml')).toThrow(
      'patterns/x/scenarios/some.yaml: ',
    );
  });
});

describe('a scenario in a dialect', () => {
  const scenario = parseScenario(
    `${file(`${STEP}\n    dialects: [pds]`)}  - ${STEP}\n    expect: { status: 412, body: { a: 1 } }\n    expectIn: { pds: { status: 409, body: { b: 2 } } }\n`,
    'some',
  );

  it('has the steps that are for it', () => {
    expect(stepsIn(scenario, 'fhir-r4')).toHaveLength(1);
    expect(stepsIn(scenario, 'pds')).toHaveLength(2);
  });

  it('expects what the dialect says instead, or beside', () => {
    const step = scenario.steps[1];
    if (step === undefined) throw new Error('there are two steps');
    expect(expectationIn(step, 'fhir-r4')).toEqual({ status: 412, body: { a: 1 } });
    expect(expectationIn(step, 'pds')).toEqual({ status: 409, body: { a: 1, b: 2 } });
  });
});
