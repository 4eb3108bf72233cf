import type { Interaction } from '../../sandbox/fhir/write-guard.ts';
import type { Call, Ctx } from '../../sandbox/pattern.ts';
import { FORBIDDEN, problem } from '../../sandbox/problem.ts';
import { PRACTICES } from '../../sandbox/seed/practices.ts';
import { ODS_CODE } from '../../sandbox/seed/systems.ts';
import type { Reader, Tx } from '../../sandbox/sql/port.ts';
import type { SharedWays } from './ways.ts';

/** Who contributes to the repository, or reads from it: with an ODS code, another identifier, or none at all. */
export interface Organisation {
  readonly id: string;
  readonly title: string;
  readonly identifier?: { readonly system?: string; readonly value: string };
  /** Whose credential is taken for it. */
  readonly participant?: string;
  /** `CarePlan.CRUS`: a kind of data (`*` for all), and the initials of create, read, update, delete and search. */
  readonly permissions: readonly string[];
}

/** Whoever shows no credential and names no organisation, in a sandbox that asks for none. */
export const ANYONE = 'anyone';

const [PRACTICE] = PRACTICES;
const SCHOOL_NUMBER = 'https://fhir.hl7.org.uk/Id/urn-school-number';

const CONTRIBUTOR: Organisation = {
  id: PRACTICE?.ods ?? 'X99001',
  title: PRACTICE?.name ?? 'A surgery',
  identifier: { system: ODS_CODE, value: PRACTICE?.ods ?? 'X99001' },
  participant: 'contributor',
  permissions: ['*.CRUDS'],
};
const SCHOOL: Organisation = {
  id: 'larch-lane-school',
  title: 'Larch Lane School',
  identifier: { system: SCHOOL_NUMBER, value: '999001' },
  participant: 'other-contributor',
  permissions: [],
};
const HOSPITAL: Organisation = {
  id: 'X99100',
  title: 'Moorside Hospital',
  identifier: { system: ODS_CODE, value: 'X99100' },
  participant: 'requester',
  permissions: ['*.RS'],
};
const COUNCIL = { id: 'northmoor-council', title: 'Northmoor Council, children’s services' };

/** Those that there are from the start; a school and a council have no ODS code. */
export const firstOrganisations = ({
  ofSchool,
  ofCouncil,
}: Pick<SharedWays, 'ofSchool' | 'ofCouncil'>): readonly Organisation[] => [
  CONTRIBUTOR,
  { ...SCHOOL, permissions: ofSchool },
  HOSPITAL,
  { ...COUNCIL, permissions: ofCouncil },
  { id: ANYONE, title: 'Anyone without a credential', permissions: ['*.CRUDS'] },
];

/** As whom a participant writes; who has been given another organisation is told so by the repository's permissions. */
export const writesAs = (participant: string): Organisation =>
  [CONTRIBUTOR, SCHOOL, HOSPITAL].find((one) => one.participant === participant) ?? {
    id: participant,
    title: participant,
    permissions: [],
  };

interface Row {
  readonly id: string;
  readonly title: string;
  readonly system: string | null;
  readonly value: string | null;
  readonly participant: string | null;
  readonly permissions: string;
}

export const putOrganisation = async (ctx: Ctx, tx: Tx, one: Organisation): Promise<void> => {
  await tx.query(
    `insert into shr_organisation (store, id, title, system, value, participant, permissions)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (store, id) do update set title = $3, system = $4, value = $5, participant = $6, permissions = $7`,
    [
      ctx.store,
      one.id,
      one.title,
      one.identifier?.system ?? null,
      one.identifier?.value ?? null,
      one.participant ?? null,
      one.permissions.join(' '),
    ],
  );
};

export const allOrganisations = async (ctx: Ctx, reader: Reader): Promise<readonly Organisation[]> => {
  const rows = await reader.query<Row>(
    'select id, title, system, value, participant, permissions from shr_organisation where store = $1 order by id',
    [ctx.store],
  );
  return rows.map(({ id, title, system, value, participant, permissions }) => ({
    id,
    title,
    ...(value === null ? {} : { identifier: { ...(system === null ? {} : { system }), value } }),
    ...(participant === null ? {} : { participant }),
    permissions: permissions === '' ? [] : permissions.split(' '),
  }));
};

/**
 * For whom a request is made: the organisation that it names in the dialect's header, by identifier or by what it is called
 * here, unless that is another participant's than the credential's; else the credential's.
 */
export const organisationOf = async (
  ctx: Ctx,
  { headers, from }: Pick<Call, 'headers' | 'from'>,
): Promise<Organisation> => {
  const all = await allOrganisations(ctx, ctx.sql);
  const own = all.find(({ participant }) => participant === from.participant);
  const { identity } = ctx.dialect;
  const named = identity && headers[identity.header.toLowerCase()]?.trim();
  const claimed = all.find(
    ({ id, identifier }) => named !== undefined && (id === named || identifier?.value === named),
  );
  if (claimed === undefined)
    return own ?? all.find(({ id }) => id === ANYONE) ?? { id: ANYONE, title: ANYONE, permissions: [] };
  if (own !== undefined && !from.claimed && claimed.participant !== undefined && claimed.id !== own.id)
    throw problem(FORBIDDEN, `The credential is that of ${own.title}, which is not ${claimed.title}`, {
      at: identity?.header ?? '',
    });
  return claimed;
};

const INITIAL: Readonly<Record<Interaction, string>> = {
  create: 'C',
  read: 'R',
  update: 'U',
  delete: 'D',
  search: 'S',
};

/** What is said of a kind of data goes before what is said of all. */
export const allows = ({ permissions }: Organisation, interaction: Interaction, kind: string): boolean => {
  const said = permissions.map((permission) => permission.split('.'));
  const [, letters = ''] = said.find(([of]) => of === kind) ?? said.find(([of]) => of === '*') ?? [];
  return letters.includes(INITIAL[interaction]);
};
