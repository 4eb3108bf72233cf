import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { isRecord, matching, shape, table, text, whole } from '../dialect-shape.ts';
import { FORBIDDEN, type ProblemError, problem, UNAUTHENTICATED } from '../problem.ts';

/** How the platform says that something is wrong; see mistakes.yaml. */
export interface Mistake {
  readonly status: number;
  /** RFC 6749 5.2 and RFC 6750 3.1, and one that the platform has made up itself. */
  readonly error: string;
  readonly words: string;
  /** Where and when it was seen said so. */
  readonly source: string;
}

export interface Mistakes {
  readonly sources: Readonly<Record<string, { readonly title: string; readonly date: string }>>;
  readonly token: Readonly<Record<string, Mistake>>;
  readonly api: Readonly<Record<string, Mistake>>;
}

const NAME = /^[a-z][a-z0-9-]*$/;
const mistake = shape({
  status: whole(400, 499),
  error: text,
  words: text,
  source: matching(NAME, 'one of sources'),
});
const document = shape({
  sources: table(NAME, shape({ title: text, date: text })),
  token: table(NAME, mistake),
  api: table(NAME, mistake),
});

const isMistakes = (value: unknown, faults: string[]): value is Mistakes => {
  document(value, '', faults);
  if (faults.length > 0 || !isRecord(value) || !isRecord(value.sources)) return false;
  for (const part of [value.token, value.api])
    for (const [name, { source }] of Object.entries(part as Mistakes['api']))
      if (!Object.hasOwn(value.sources, source)) faults.push(`${name}: the source ${source} is not among sources`);
  return faults.length === 0;
};

/** Throws with everything that is wrong in it. */
export const parseMistakes = (yaml: string): Mistakes => {
  const value: unknown = parse(yaml);
  const faults: string[] = [];
  if (isMistakes(value, faults)) return value;
  throw new Error(`sandbox/auth/mistakes.yaml: ${faults.join('; ')}`);
};

const kept = new Map<'mistakes', Promise<Mistakes>>();

/** Read when somebody first makes one. */
export const loadMistakes = (): Promise<Mistakes> => {
  const known = kept.get('mistakes');
  if (known !== undefined) return known;
  const reading = readFile(new URL('./mistakes.yaml', import.meta.url), 'utf8').then(parseMistakes);
  kept.set('mistakes', reading);
  return reading;
};

const named = (part: Readonly<Record<string, Mistake>>, id: string): Mistake => {
  const found = part[id];
  if (found === undefined) throw new Error(`mistakes.yaml has no ${id}`);
  return found;
};

/** What the token endpoint answers, thrown on the way to it. */
export class TokenRefusal extends Error {
  readonly mistake: string;

  constructor(mistake: string) {
    super(mistake);
    this.name = 'TokenRefusal';
    this.mistake = mistake;
  }
}

export const tokenMistake = async (id: string): Promise<Mistake> => named((await loadMistakes()).token, id);

/** As the edge says it: in the dialect's code for 401 and 403, with the platform's words and RFC 6750's challenge. */
export const apiProblem = async (id: string): Promise<ProblemError> => {
  const { status, error, words } = named((await loadMistakes()).api, id);
  const challenge = `Bearer realm="sandbox", error="${error}", error_description="${words}"`;
  const template = status === 403 ? FORBIDDEN : UNAUTHENTICATED;
  const at = id.startsWith('api-key') ? 'apikey' : 'Authorization';
  return problem({ ...template, status }, words, { at, headers: { 'www-authenticate': challenge } });
};
