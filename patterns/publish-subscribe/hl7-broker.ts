import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import { forWriting } from '../../sandbox/fhir/write-guard.ts';
import { hl7v2 } from '../../sandbox/hl7v2/part.ts';
import { storing } from '../../sandbox/hl7v2/store/storing.ts';
import { afterWrite, beforeWrite } from './rules.ts';

/**
 * HL7 v2 in, events out: the broker keeps what a message says as FHIR, and that is a write as any other. Whoever has
 * subscribed to it is told in the transaction that keeps the acknowledgement, by whatever channel was asked for.
 */
export const mllp = hl7v2(
  {
    broker: storing({ writing: (ctx) => forWriting(ctx, [fhirBaseOf(ctx, 'broker') ?? ''], beforeWrite, afterWrite) }),
  },
  ['fhir-r4'],
);
