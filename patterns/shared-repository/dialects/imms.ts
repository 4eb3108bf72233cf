import { patientStore } from '../../../sandbox/dialects/imms-patients.ts';
import type { PatternPart } from '../../../sandbox/pattern-part.ts';

/** Vaccinations, by the dialect's own handlers; beside them it keeps whom they are about. */
export const part: PatternPart = { stores: [patientStore] };
