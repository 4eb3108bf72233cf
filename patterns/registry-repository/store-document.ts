import { createHash } from 'node:crypto';
import { fhirBaseOf } from '../../sandbox/fhir/base-of.ts';
import { create } from '../../sandbox/fhir/repository.ts';
import { type FhirResource, isResource } from '../../sandbox/fhir/stored.ts';
import { forWriting, type WritingCtx } from '../../sandbox/fhir/write-guard.ts';
import type { Ctx } from '../../sandbox/pattern.ts';
import type { Tx } from '../../sandbox/sql/port.ts';
import type { Draft } from './documents.ts';
import { CONFIDENTIALITY } from './pointer.ts';

export interface NewDocument {
  readonly person: string;
  readonly kind: string;
  readonly title: string;
  readonly text: string;
  readonly restricted: boolean;
  readonly replaces?: string;
}

const TYPE = 'text/plain;charset=utf-8';

/** For writes that come from no request: a repository writes its own documents, by no rule but its own. */
export const writing = (ctx: Ctx): WritingCtx =>
  forWriting(ctx, [fhirBaseOf(ctx, ctx.participant.name) ?? ''], undefined);

/** As FHIR R4 Attachment.hash: SHA-1, in base64. It tells a change; it protects from nobody. */
export const hashOf = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('base64');

export const restrictedMeta = (restricted: boolean) =>
  restricted ? { meta: { security: [{ system: CONFIDENTIALITY, code: 'R', display: 'restricted' }] } } : {};

export const binaryOf = (text: string, restricted: boolean): FhirResource => {
  const binary: unknown = {
    resourceType: 'Binary',
    ...restrictedMeta(restricted),
    contentType: TYPE,
    data: Buffer.from(text).toString('base64'),
  };
  if (!isResource(binary)) throw new Error('A Binary is a resource');
  return binary;
};

/** Stores a document in the repository, and says what its pointer has to say of it. */
export const storeDocument = async (ctx: Ctx, tx: Tx, { text, ...about }: NewDocument, id?: string): Promise<Draft> => {
  const binary = binaryOf(text, about.restricted);
  const stored = await create(writing(ctx), tx, binary, id === undefined ? {} : { id });
  const bytes = Buffer.from(text);
  return {
    ...about,
    id: `Binary/${stored.id}`,
    contentType: TYPE,
    bytes: bytes.length,
    hash: hashOf(bytes),
    created: new Date(ctx.now()).toISOString(),
  };
};
