import { readFile } from 'node:fs/promises';
import { parseRequirements, type Requirement } from './requirement.ts';

/** The requirements that every pattern shares (COM-…). */
export const sharedRequirements = async (): Promise<readonly Requirement[]> =>
  parseRequirements(
    await readFile(new URL('./shared-requirements.yaml', import.meta.url), 'utf8'),
    'sandbox/conformance/shared-requirements.yaml',
  );
