import { member } from '../../sandbox/act-values.ts';
import { httpDate } from '../../sandbox/fhir/http-date.ts';
import { find } from '../../sandbox/fhir/repository.ts';
import { isResource, type StoredRow } from '../../sandbox/fhir/stored.ts';
import type { Call, Ctx, Reply } from '../../sandbox/pattern.ts';
import { FORBIDDEN, GONE, NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { launchPage } from './launch-page.ts';
import { allOrganisations, allows, type Organisation, organisationOf } from './organisations.ts';
import { contributionsTo } from './provenance.ts';
import { ways } from './ways.ts';

/** On the sandbox clock, so that a lesson can let it pass. */
const GOOD_FOR = 5 * 60_000;

const recordAt = async (ctx: Ctx, record: string): Promise<StoredRow> => {
  const [type = '', id = ''] = record.split('/');
  const row = await find(ctx, ctx.sql, type, id);
  if (row === undefined || row.deleted) throw problem(NOT_FOUND, `There is no ${record}`);
  return row;
};

const requireReader = (ctx: Ctx, organisation: Organisation | undefined, { type, body }: StoredRow): void => {
  const value: unknown = JSON.parse(body);
  const kind = ways.in(ctx).kindOf(isResource(value) ? value : undefined, type);
  if (organisation !== undefined && allows(organisation, 'read', kind)) return;
  throw problem(FORBIDDEN, `${organisation?.title ?? 'Whoever asks'} may not read ${kind}`);
};

/** `POST /launch`: a user's own system asks for the way in. */
export const prepareLaunch = async (call: Call, ctx: Ctx): Promise<Reply> => {
  const asked: unknown = JSON.parse(Buffer.from(call.body).toString('utf8'));
  const record = String(member(asked, 'record'));
  const user = member(asked, 'user');
  const organisation = await organisationOf(ctx, call);
  requireReader(ctx, organisation, await recordAt(ctx, record));
  const launch = ctx.uuid();
  const due = ctx.now() + GOOD_FOR;
  await ctx.transaction((tx) =>
    tx.query(
      `insert into shr_launch (store, launch, record, organisation, person, due, opened) values ($1, $2, $3, $4, $5, $6, 0)
       returning launch`,
      [ctx.store, launch, record, organisation.id, typeof user === 'string' ? user : '', due],
    ),
  );
  // The names are those of SMART App Launch; what they lead to is ours.
  const query = new URLSearchParams({ iss: `${call.base}/FHIR/R4`, launch });
  return { status: 201, body: { url: `${call.base}/launch?${query}`, launch, expiresAt: new Date(due).toISOString() } };
};

interface Row {
  readonly record: string;
  readonly organisation: string;
  readonly person: string;
  readonly due: number;
}

/** Takes the way in, which is good once. */
const take = async (ctx: Ctx, launch: string): Promise<Row> => {
  const [known] = await ctx.sql.query<Row>(
    'select record, organisation, person, due from shr_launch where store = $1 and launch = $2',
    [ctx.store, launch],
  );
  if (known === undefined) throw problem(NOT_FOUND, 'Nobody asked for this way in');
  const [row] = await ctx.transaction((tx) =>
    tx.query<Row>(
      'update shr_launch set opened = 1 where store = $1 and launch = $2 and opened = 0 returning record, organisation, person, due',
      [ctx.store, launch],
    ),
  );
  if (row === undefined) throw problem(GONE, 'This way in was used already; ask for another');
  if (row.due < ctx.now()) throw problem(GONE, 'This way in was good for five minutes; ask for another');
  return row;
};

/** `GET /launch?launch=…`: the record as it is now, under the rights of whoever asked for the way in. */
export const openLaunch = async (call: Call, ctx: Ctx): Promise<Reply> => {
  const { record, organisation, person } = await take(ctx, call.query.get('launch') ?? '');
  const row = await recordAt(ctx, record);
  const asking = (await allOrganisations(ctx, ctx.sql)).find(({ id }) => id === organisation);
  requireReader(ctx, asking, row);
  const headers = { 'last-modified': httpDate(row.updated) };
  if (/\bjson\b/.test(call.headers.accept ?? ''))
    return { status: 200, headers: { ...headers, 'content-type': 'application/fhir+json' }, body: row.body };
  const contributions = await contributionsTo(ctx, ctx.sql, record);
  const page = launchPage({
    record,
    row,
    asAt: ctx.now(),
    person,
    organisation: asking?.title ?? '',
    last: contributions.at(-1),
  });
  return { status: 200, headers: { ...headers, 'content-type': 'text/html; charset=utf-8' }, body: page };
};
