import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import { forWriting, type WritingCtx } from '../../sandbox/fhir/write-guard.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import { keepRules } from './rules.ts';

/** For writes that come from no request: the participant's own FHIR base, and the pattern's rules. */
export const writing = (ctx: Ctx): WritingCtx =>
  forWriting(ctx, [fhirBaseOf(ctx, ctx.participant.name) ?? ''], keepRules);
