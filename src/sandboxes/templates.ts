import { createCtx } from '../../sandbox/context.ts';
import type { Host, LoadedPattern } from '../../sandbox/http/host.ts';
import { loadSandbox, newCredential } from '../../sandbox/participants.ts';
import { takingPart } from '../../sandbox/serving.ts';
import type { Reader } from '../../sandbox/sql/port.ts';
import { newSandboxId } from './identifiers.ts';
import { nextSerial } from './serials.ts';
import { doom } from './sweep.ts';

/** A seeded store that nobody serves: sandboxes begin as a copy of it (rules 6). */
export interface Template {
  readonly serial: number;
  /** Where its own sequence stands; a sandbox that begins as its copy goes on from there. */
  readonly seq: number;
}

export interface TemplateOptions {
  readonly host: Host;
  /** Of the package: another release may seed something else. */
  readonly release: string;
  /** Synthetic people, besides the well-known examples. */
  readonly people: number;
}

export interface Templates {
  /** The name of what this seed gives today: appointment books begin today, so that each day has templates of its own. */
  nameOf(pattern: LoadedPattern, dialect: string, seed: number): string;
  /** Sees to it that the template is there; builds it once, whoever asks at the same time. */
  ensure(pattern: LoadedPattern, dialect: string, seed: number): Promise<void>;
}

const DAY = 86_400_000;
/** Seeds are anybody's choice; so many templates are kept, the newest. */
const TEMPLATES_MAX = 48;
/** A template that is still being built this long after is rubbish of a crash. */
const BUILD_MAX = 600_000;

export const findTemplate = async (reader: Reader, name: string): Promise<Template | undefined> =>
  (await reader.query<Template & object>('select serial, seq from template where name = $1', [name]))[0];

/** An unlisted sandbox to seed, on a clock that stands at midnight, so that the same day and seed give the same rows. */
const openBuilding = async (host: Host, pattern: LoadedPattern, dialect: string, seed: number): Promise<string> => {
  const id = newSandboxId();
  const now = host.now();
  const credentials = pattern.manifest.participants.map(() => newCredential());
  await host.sql.transaction(async (tx) => {
    await tx.query(
      `insert into sandbox (id, pattern, dialect, auth, seed, generation, serial, created_real, expires_real, seq,
         clock_base, clock_anchor_real, clock_speed)
       values ($1, $2, $3, 'bearer', $4, 0, $5, $6, $7, 0, $8, $6, 0)`,
      [id, pattern.id, dialect, seed, await nextSerial(tx), now, now + BUILD_MAX, now - (now % DAY)],
    );
    for (const [position, { name }] of takingPart(pattern.manifest.participants, dialect)) {
      await tx.query(
        'insert into participant (sandbox, name, position, mode, credential) values ($1, $2, $3, $4, $5)',
        [id, name, position, 'stopped', credentials[position] ?? newCredential()],
      );
    }
  });
  return id;
};

const seedParticipants = async (
  { host, people }: TemplateOptions,
  pattern: LoadedPattern,
  id: string,
): Promise<void> => {
  const sandbox = await loadSandbox(host.sql, id);
  if (sandbox === undefined) throw new Error(`The template ${id} was swept while it was being built`);
  const { dialect } = await pattern.dialect(sandbox.row.dialect);
  for (const participant of sandbox.participants) {
    const ctx = createCtx(host, sandbox, participant, dialect, { cause: () => ['seed'] });
    await pattern.app.seed?.(ctx, { seed: sandbox.row.seed, people });
    for (const part of pattern.app.stores ?? []) await part.complete?.(ctx);
  }
};

/** Turns what was built into a template, or into rubbish where somebody else was first; and old templates likewise. */
const keep = async (host: Host, id: string, name: string): Promise<void> =>
  host.sql.transaction(async (tx) => {
    const [built] = await tx.query<{ serial: number; seq: number; pattern: string }>(
      'delete from sandbox where id = $1 returning serial, seq, pattern',
      [id],
    );
    await tx.query('delete from participant where sandbox = $1', [id]);
    if (built === undefined) throw new Error(`The template ${name} was swept while it was being built`);
    const kept = await tx.query(
      `insert into template (name, pattern, serial, seq) values ($1, $2, $3, $4)
       on conflict (name) do nothing returning name`,
      [name, built.pattern, built.serial, built.seq],
    );
    if (kept.length === 0) await doom(tx, built);
    const old = await tx.query<{ serial: number; pattern: string }>(
      `delete from template where name in (select name from template order by serial desc limit 100 offset ${TEMPLATES_MAX})
       returning serial, pattern`,
    );
    for (const template of old) await doom(tx, template);
  });

export const createTemplates = (options: TemplateOptions): Templates => {
  const { host, release, people } = options;
  const building = new Map<string, Promise<void>>();
  const nameOf: Templates['nameOf'] = (pattern, dialect, seed) =>
    [release, pattern.id, dialect, seed, people, new Date(host.now()).toISOString().slice(0, 10)].join('/');
  const build = async (name: string, pattern: LoadedPattern, dialect: string, seed: number): Promise<void> => {
    const id = await openBuilding(host, pattern, dialect, seed);
    await seedParticipants(options, pattern, id);
    await keep(host, id, name);
  };
  return {
    nameOf,
    ensure: async (pattern, dialect, seed) => {
      const name = nameOf(pattern, dialect, seed);
      const going = building.get(name);
      if (going !== undefined) return going;
      if ((await findTemplate(host.sql, name)) !== undefined) return;
      // Asked again: others may have begun while we looked.
      const built = building.get(name) ?? build(name, pattern, dialect, seed);
      building.set(name, built);
      try {
        await built;
      } finally {
        building.delete(name);
      }
    },
  };
};
