import { find } from '../../sandbox/fhir/repository.ts';
import { isResource } from '../../sandbox/fhir/stored.ts';
import type { Act, Call, Ctx, Reply } from '../../sandbox/pattern.ts';
import { BAD_REQUEST, FORBIDDEN, NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { allOrganisations, allows, type Organisation, organisationOf, putOrganisation } from './organisations.ts';
import { contributionsTo } from './provenance.ts';
import { ways } from './ways.ts';

/** `GET /contributions/{type}/{id}`: also of what was deleted, for that is when it is asked for. */
export const listContributions = async (call: Call, ctx: Ctx): Promise<Reply> => {
  const { type = '', id = '' } = call.params;
  const row = await find(ctx, ctx.sql, type, id);
  if (row === undefined) throw problem(NOT_FOUND, `There is no ${type}/${id}`);
  const value: unknown = row.body === '' ? undefined : JSON.parse(row.body);
  const organisation = await organisationOf(ctx, call);
  const kind = row.deleted ? '*' : ways.in(ctx).kindOf(isResource(value) ? value : undefined, type);
  if (!allows(organisation, 'read', kind) && !allows(organisation, 'read', type))
    throw problem(FORBIDDEN, `${organisation.title} may not read ${kind}`);
  const found = await contributionsTo(ctx, ctx.sql, `${type}/${id}`);
  const entry = found.map((resource) => ({ resource }));
  return {
    status: 200,
    headers: { 'content-type': 'application/fhir+json' },
    body: { resourceType: 'Bundle', type: 'searchset', total: entry.length, entry },
  };
};

const viewOf = ({ id, title, identifier, participant, permissions }: Organisation) => ({
  organisation: id,
  title,
  ...(identifier === undefined ? {} : { identifier }),
  ...(participant === undefined ? {} : { participant }),
  permissions,
});

/** `GET /permissions` */
export const listPermissions = async (_call: Call, ctx: Ctx): Promise<Reply> => ({
  status: 200,
  body: { items: (await allOrganisations(ctx, ctx.sql)).map(viewOf) },
});

const PERMISSION = '^(\\*|[A-Z0-9][A-Za-z0-9]*)\\.C?R?U?D?S?$';
const permissions = {
  type: 'array',
  maxItems: 100,
  items: { type: 'string', pattern: PERMISSION },
  title: 'Permissions, such as CarePlan.CRUDS or *.RS',
  default: ['*.CRUDS'],
};
const organisation = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  title: 'Organisation',
  default: 'larch-lane-school',
};

const textsIn = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** Who may do what, and who there is: data of the sandbox, which the repository's keeper sets. */
export const repositoryActs: Readonly<Record<string, Act>> = {
  'set-permissions': {
    title: 'Say what an organisation may do',
    summary:
      'Replaces all its permissions: a kind of data, a full stop, and the initials of create, read, update, delete, search',
    input: {
      type: 'object',
      required: ['organisation', 'permissions'],
      properties: { organisation, permissions },
      additionalProperties: false,
    },
    run: async (input, ctx) => {
      const all = await allOrganisations(ctx, ctx.sql);
      const known = all.find(({ id }) => id === input.organisation);
      if (known === undefined)
        throw problem(
          BAD_REQUEST,
          `There is no organisation ${String(input.organisation)}; there are ${all.map(({ id }) => id).join(', ')}`,
          { at: '/organisation' },
        );
      const changed = { ...known, permissions: textsIn(input.permissions) };
      await ctx.transaction((tx) => putOrganisation(ctx, tx, changed));
      return viewOf(changed);
    },
  },
  'add-organisation': {
    title: 'Add an organisation',
    summary: 'A surgery, a school, a council: with an ODS code, another identifier, or none',
    input: {
      type: 'object',
      required: ['organisation', 'title'],
      properties: {
        organisation: { ...organisation, default: 'fenside-academy', pattern: '^[A-Za-z0-9-]+$' },
        title: { type: 'string', minLength: 1, maxLength: 100, title: 'Name', default: 'Fenside Academy' },
        system: { type: 'string', maxLength: 200, title: 'System of its identifier' },
        value: { type: 'string', maxLength: 100, title: 'Its identifier' },
        participant: {
          type: 'string',
          enum: ['contributor', 'other-contributor', 'requester'],
          title: 'Whose credential is taken for it',
        },
        permissions,
      },
      additionalProperties: false,
    },
    run: async (input, ctx) => {
      const { system, value, participant } = input;
      const added: Organisation = {
        id: String(input.organisation),
        title: String(input.title),
        ...(typeof value === 'string'
          ? { identifier: { ...(typeof system === 'string' ? { system } : {}), value } }
          : {}),
        ...(typeof participant === 'string' ? { participant } : {}),
        permissions: textsIn(input.permissions),
      };
      await ctx.transaction(async (tx) => {
        // A credential stands for one organisation.
        if (added.participant !== undefined)
          await tx.query(
            'update shr_organisation set participant = null where store = $1 and participant = $2 returning id',
            [ctx.store, added.participant],
          );
        await putOrganisation(ctx, tx, added);
      });
      return viewOf(added);
    },
  },
};
