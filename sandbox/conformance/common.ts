import { readFile } from 'node:fs/promises';
import { parseRequirements, type Requirement } from './requirement.ts';

/** The requirements that every pattern shares (COM-…). */
export const commonRequirements = async (): Promise<readonly Requirement[]> =>
  parseRequirements(
    await readFile(new URL('./common.yaml', import.meta.url), 'utf8'),
    'sandbox/conformance/common.yaml',
  );
