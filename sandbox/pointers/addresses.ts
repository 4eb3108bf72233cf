import { fhirBaseOf } from '../fhir/base-of.ts';
import type { Ctx, Handler, Reply } from '../pattern.ts';

/**
 * Pointers that are there from the beginning are copied from a template, which knows of no sandbox: the FHIR bases of their
 * repositories are put in when they are read. `.invalid` is nobody's name (RFC 2606).
 */
export const placeholderOf = (participant: string): string => `https://${participant}.sandbox.invalid/FHIR/R4`;

const PLACEHOLDER = /https:\/\/([a-z][a-z-]*)\.sandbox\.invalid\/FHIR\/R4/g;

export const withAddresses = (ctx: Pick<Ctx, 'baseOf' | 'sandbox'>, text: string): string =>
  text.replaceAll(PLACEHOLDER, (whole, participant: string) => fhirBaseOf(ctx, participant) ?? whole);

/** The same handler, whose answers name repositories by where they are in this sandbox. */
export const addressed =
  (handler: Handler): Handler =>
  async (call, ctx): Promise<Reply> => {
    const reply = await handler(call, ctx);
    if (typeof reply.body !== 'string' || !reply.body.includes('.sandbox.invalid/')) return reply;
    // What is sent is no longer what the store keeps.
    const { stored: _, ...rest } = reply;
    return { ...rest, body: withAddresses(ctx, reply.body) };
  };
