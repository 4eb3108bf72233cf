import { ctxWith } from '../../sandbox/ctx-with.ts';
import { claimIdentifiers, requireSameIdentifiers } from '../../sandbox/fhir/business-identifiers.ts';
import { type FhirResource, isResource } from '../../sandbox/fhir/stored.ts';
import {
  type AfterWrite,
  type BeforeWrite,
  forWriting,
  type Interaction,
  type WritingCtx,
} from '../../sandbox/fhir/write-guard.ts';
import type { Call, Ctx } from '../../sandbox/pattern.ts';
import { FORBIDDEN, problem } from '../../sandbox/problem.ts';
import { announce } from './announce.ts';
import { allows, type Organisation, organisationOf } from './organisations.ts';
import { recordContribution } from './provenance.ts';
import { ways } from './ways.ts';

const parsed = (row: { readonly body: string } | undefined): FhirResource | undefined => {
  if (row === undefined || row.body === '') return undefined;
  const value: unknown = JSON.parse(row.body);
  return isResource(value) ? value : undefined;
};

const interactionOf = ({
  before,
  after,
}: {
  readonly before?: unknown;
  readonly after?: unknown;
}): 'create' | 'update' | 'delete' => (after === undefined ? 'delete' : before === undefined ? 'create' : 'update');

/** Before a write: who may, and identifiers that are a record's for good. */
const before =
  (organisation: Organisation): BeforeWrite =>
  async (ctx, tx, change) => {
    const { type, id, after } = change;
    if (type === 'Provenance') throw problem(FORBIDDEN, 'The repository itself writes who contributed what');
    const interaction = interactionOf(change);
    const { asksBeforeWrites, claimsIdentifiers } = ways.in(ctx);
    if (asksBeforeWrites && !allows(organisation, interaction, type))
      throw problem(FORBIDDEN, `${organisation.title} may not ${interaction} ${type}`);
    if (after === undefined || !claimsIdentifiers) return;
    const known = parsed(change.before);
    if (known !== undefined) requireSameIdentifiers(known, after);
    await claimIdentifiers(ctx, tx, after, id);
  };

/** After it: whose contribution that was, and a word to who wants to know. */
const after =
  (organisation: Organisation): AfterWrite =>
  async (ctx, tx, written) => {
    const { type, id } = written;
    const version = written.after?.version ?? (written.before?.version ?? 0) + 1;
    const action = interactionOf(written) === 'create' && version > 1 ? 'reinstate' : interactionOf(written);
    const contribution = { type, id, version, action, organisation } as const;
    await recordContribution(ctx, tx, contribution);
    const resource = parsed(written.after) ?? parsed(written.before);
    await announce(ctx, tx, { ...contribution, resource, kind: ways.in(ctx).kindOf(resource, type) });
  };

/** Where the handlers ask nothing about who may. */
const requireRight = (organisation: Organisation, interaction: Interaction | undefined): void => {
  if (interaction === undefined || allows(organisation, interaction, 'Patient')) return;
  throw problem(FORBIDDEN, `${organisation.title} may not ${interaction} Patient`);
};

/** The rules of the repository about one request, whatever handler serves it. */
export const rulesFor = async (call: Call, ctx: Ctx): Promise<Ctx> => {
  if (ctx.participant.name !== 'repository') return ctx;
  const organisation = await organisationOf(ctx, call);
  const { dialect } = ctx;
  requireRight(organisation, ways.in(ctx).asked[call.operationId]);
  // Nobody overwrites what they have not read (FHIR R4 http.html#concurrency leaves it to the server).
  const strict = { ...dialect, concurrency: { ...dialect.concurrency, ifMatchRequired: true } };
  const permits: WritingCtx['permits'] = async (_ctx, interaction, kinds) =>
    kinds.filter((kind) => allows(organisation, interaction, kind));
  const ruled: WritingCtx = { ...ctxWith(ctx, { dialect: strict }), permits };
  return forWriting(ruled, undefined, before(organisation), after(organisation));
};
