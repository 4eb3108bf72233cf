import { fhir } from '../../../sandbox/fhir/endpoint.ts';
import type { PatternPart } from '../../../sandbox/pattern-part.ts';

/** Every interaction of FHIR, on every type. */
export const part: PatternPart = { handlers: fhir().handlers };
