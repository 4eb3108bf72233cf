import type { Ctx } from '../pattern.ts';

/**
 * The FHIR base of a participant, absolute: `/FHIR/R4` below its own base while it is simulated; of an external one the URL
 * that was given, which is its FHIR base. Undefined where nobody has said where it is.
 */
export const fhirBaseOf = (ctx: Pick<Ctx, 'baseOf' | 'sandbox'>, participant: string): string | undefined => {
  const base = ctx.baseOf(participant);
  return base?.endsWith(`/sandboxes/${ctx.sandbox.id}/${participant}`) === true ? `${base}/FHIR/R4` : base;
};
