import { ctxWith } from '../../sandbox/ctx-with.ts';
import { vaccineTypeOf } from '../../sandbox/dialects/imms-vaccines.ts';
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

const parsed = (row: { readonly body: string } | undefined): FhirResource | undefined => {
  if (row === undefined || row.body === '') return undefined;
  const value: unknown = JSON.parse(row.body);
  return isResource(value) ? value : undefined;
};

/** What permissions, and subscriptions, tell apart: the resource type, and in imms the vaccine. */
export const kindOf = (ctx: Pick<Ctx, 'dialect'>, resource: FhirResource | undefined, type: string): string =>
  ctx.dialect.id === 'imms' ? (vaccineTypeOf(resource) ?? '*') : type;

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
    // In imms it depends on the vaccine, which that dialect asks about itself.
    if (ctx.dialect.id !== 'imms' && !allows(organisation, interaction, type))
      throw problem(FORBIDDEN, `${organisation.title} may not ${interaction} ${type}`);
    // In PDS the identifier of a record is its NHS number, which no update can touch.
    if (after === undefined || ctx.dialect.id === 'pds') return;
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
    await announce(ctx, tx, { ...contribution, resource, kind: kindOf(ctx, resource, type) });
  };

/** What PDS is asked for, which has no rules of its own about who may. */
const OF_PDS: Readonly<Record<string, Interaction>> = {
  readPatient: 'read',
  readRelatedPersons: 'read',
  searchPatients: 'search',
  patchPatient: 'update',
};

const requirePds = (organisation: Organisation, operationId: string): void => {
  const interaction = OF_PDS[operationId];
  if (interaction === undefined || allows(organisation, interaction, 'Patient')) return;
  throw problem(FORBIDDEN, `${organisation.title} may not ${interaction} Patient`);
};

/** The rules of the repository about one request, whatever handler serves it. */
export const rulesFor = async (call: Call, ctx: Ctx): Promise<Ctx> => {
  if (ctx.participant.name !== 'repository') return ctx;
  const organisation = await organisationOf(ctx, call);
  const { dialect } = ctx;
  if (dialect.id === 'pds') requirePds(organisation, call.operationId);
  // Nobody overwrites what they have not read (FHIR R4 http.html#concurrency leaves it to the server).
  const strict = { ...dialect, concurrency: { ...dialect.concurrency, ifMatchRequired: true } };
  const permits: WritingCtx['permits'] = async (_ctx, interaction, kinds) =>
    kinds.filter((kind) => allows(organisation, interaction, kind));
  const ruled: WritingCtx = { ...ctxWith(ctx, { dialect: strict }), permits };
  return forWriting(ruled, undefined, before(organisation), after(organisation));
};
