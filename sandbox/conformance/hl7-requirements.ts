import { readFile } from 'node:fs/promises';
import { parseRequirements, type Requirement } from './requirement.ts';

/** The requirements on whoever speaks HL7 v2 over MLLP, whatever the pattern (V2-…). */
export const hl7Requirements = async (): Promise<readonly Requirement[]> =>
  parseRequirements(
    await readFile(new URL('./hl7-requirements.yaml', import.meta.url), 'utf8'),
    'sandbox/conformance/hl7-requirements.yaml',
  );
