import { fhir } from '../../sandbox/fhir/endpoint.ts';
import { keepRules } from './rules.ts';

/** FHIR with the rules of the provider about what is written. */
export const endpoint = fhir({ beforeWrite: keepRules });
