import { call, type Played, play } from '../../../sandbox/pattern-harness.test-data.ts';
import { loadThisPattern } from '../loaded.ts';

/** Those that are spoken here. */
export const { dialects: DIALECTS } = (await loadThisPattern()).manifest;
export const ADA = 'https://fhir.nhs.uk/Id/nhs-number|9000000009';

export interface Box {
  readonly id: string;
  /** Of a participant. */
  at(participant: string): string;
}

let count = 0;

/** Sandboxes of the pattern, served by itself; `seats` are those that are not simulated. */
export const startRegistry = async (now?: () => number) => {
  const played: Played = await play(await loadThisPattern(), now);
  const open = async (dialect: string, seats: Readonly<Record<string, 'external' | 'stopped'>> = {}): Promise<Box> => {
    count += 1;
    const id = `${dialect}-${count}`;
    await played.open(id, { dialect, seed: 1, people: 0, seats });
    return { id, at: (participant) => `${played.url}/sandboxes/${id}/${participant}` };
  };
  return { ...played, box: open };
};

export type Registry = Awaited<ReturnType<typeof startRegistry>>;

/** With one of these a caller is that participant. */
export const credentialsOf = async (
  registry: Registry,
  id: string,
): Promise<Readonly<Record<string, { readonly authorization: string }>>> => {
  const rows = await registry.host.sql.query<{ name: string; credential: string }>(
    'select name, credential from participant where sandbox = $1',
    [id],
  );
  return Object.fromEntries(rows.map(({ name, credential }) => [name, { authorization: `Bearer ${credential}` }]));
};

/** What an act gave, to be looked into. */
export type Result = Readonly<Record<string, unknown>> & {
  readonly documents: readonly Readonly<Record<string, unknown>>[];
  readonly unavailable: readonly Readonly<Record<string, unknown>>[];
};

export { call };
