import { afterAll, beforeAll, describe } from 'vitest';
import { accessibilityCases } from './accessibility-cases.ts';
import { authCases } from './auth-cases.ts';
import { checkingCases } from './checking-cases.ts';
import { browserIsThere } from './chromium.ts';
import { conformanceCases } from './conformance-cases.ts';
import { consoleCases } from './console-cases.ts';
import { decisionCases } from './decision-cases.ts';
import { guideCases } from './guide-cases.ts';
import { hl7Cases } from './hl7-cases.ts';
import { journeyCases } from './journey-cases.ts';
import { queueCases } from './queue-cases.ts';
import { openStage, type Stage } from './stage.ts';
import { takeAwayCases } from './take-away-cases.ts';
import { worklistCases } from './worklist-cases.ts';

describe.skipIf(!browserIsThere())('the pages', () => {
  let stage: Stage | undefined;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage?.close());
  const opened = (): Stage => {
    if (stage === undefined) throw new Error('the stage is not open');
    return stage;
  };
  guideCases(opened);
  decisionCases(opened);
  consoleCases(opened);
  checkingCases(opened);
  conformanceCases(opened);
  journeyCases(opened);
  takeAwayCases(opened);
  worklistCases(opened);
  queueCases(opened);
  hl7Cases(opened);
  authCases(opened);
  accessibilityCases(opened);
});
