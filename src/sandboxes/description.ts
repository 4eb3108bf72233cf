import type { OpenApiDocument } from '../../sandbox/contract-schema.ts';
import type { ParticipantManifest } from '../../sandbox/manifest.ts';
import { NOT_FOUND, problem } from '../../sandbox/problem.ts';
import { offers } from '../../sandbox/serving.ts';
import { inDialect } from './description-in-dialect.ts';
import type { Surroundings } from './surroundings.ts';
import { openSandbox } from './view.ts';

const entriesOf = (value: unknown): (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

const METHODS: ReadonlySet<string> = new Set(['get', 'put', 'post', 'patch', 'delete', 'head', 'options', 'trace']);

/** An operation that somebody else serves; what is no operation (parameters, a summary) stays. */
const isOthers = (role: ParticipantManifest, name: string, value: unknown): boolean => {
  if (!METHODS.has(name)) return false;
  const { operationId, tags } = Object.fromEntries(entriesOf(value));
  return !offers(role, { operationId: String(operationId), tags: Array.isArray(tags) ? tags : [] });
};

const offered = (contract: OpenApiDocument, role: ParticipantManifest): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    entriesOf(contract.paths).flatMap(([path, item]) => {
      const kept = entriesOf(item).filter(([name, value]) => !isOthers(role, name, value));
      return kept.some(([name]) => METHODS.has(name)) ? [[path, Object.fromEntries(kept)]] : [];
    }),
  );

/** The OpenAPI document of one participant, in the dialect of the sandbox, at its own address. */
export const describeSandbox = async (
  { host }: Surroundings,
  id: string,
  participant: string | null,
): Promise<OpenApiDocument> => {
  const { row, participants } = await openSandbox(host, id);
  const pattern = await host.pattern(row.pattern);
  const { contract, dialect } = await pattern.dialect(row.dialect);
  const described = pattern.manifest.participants.filter(({ name }) => participants.some((one) => one.name === name));
  const role = described.find(({ name, main }) => (participant === null ? main === true : name === participant));
  if (role === undefined)
    throw problem(
      NOT_FOUND,
      `There is no participant ${participant}; there are ${described.map(({ name }) => name).join(', ')}`,
    );
  const servers = [{ url: `${host.publicUrl()}/sandboxes/${id}/${role.name}`, description: role.title }];
  // What a dialect says in a contract of its own it says there.
  const spoken = contract ?? inDialect(pattern.contract, dialect);
  return { ...spoken, servers, paths: offered(spoken, role) };
};
