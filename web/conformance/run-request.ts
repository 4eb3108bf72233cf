import type { RunRequest } from '../data/conformance-types.ts';
import type { SummaryEntry } from '../shell/error-summary.ts';

/** `Name: value`, one a line; undefined for a line that is none. */
const headersIn = (text: string): Readonly<Record<string, string>> | undefined => {
  const pairs = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => /^([^:\s]+):\s*(.+)$/.exec(line));
  if (pairs.includes(null)) return undefined;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
};

type Profile = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Profile =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object in JSON; undefined for what is none. */
const objectIn = (text: string): Profile | undefined => {
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** What fields say goes before what stands in the JSON, member by member. */
const joined = (more: Profile, fields: Profile): Profile => ({
  ...more,
  ...Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const other = more[name];
      return [name, isObject(value) && isObject(other) ? { ...other, ...value } : value];
    }),
  ),
});

const isTarget = (text: string): boolean => /^(https?|mllps?):\/\/[^/]/i.test(text) && URL.canParse(text);

const words = (text: string): readonly string[] => text.split(/[\s,]+/).filter((word) => word !== '');

export type Read = { readonly request: RunRequest } | { readonly problems: readonly SummaryEntry[] };

/** What the form asks for. What it leaves empty is no part of the profile: checks that need it are not observed then. */
export const readRun = (form: Pick<FormData, 'get'>): Read => {
  const said = (name: string): string => String(form.get(name) ?? '').trim();
  const [target, authorization, patient] = [said('target'), said('authorization'), said('patient')];
  const headers = headersIn(said('headers'));
  const slots = words(said('slots'));
  const more = objectIn(said('profile'));
  const problems: SummaryEntry[] = [];
  if (!isTarget(target))
    problems.push({
      text:
        target === '' ? 'Enter the address of your system' : 'Enter an address like https://my-system.example/FHIR/R4',
      field: 'run-target',
    });
  if (headers === undefined) problems.push({ text: 'Write each header as Name: value', field: 'run-headers' });
  if (more === undefined) problems.push({ text: 'Write the profile as a JSON object', field: 'run-profile' });
  if (problems.length > 0 || headers === undefined || more === undefined) return { problems };
  return {
    request: {
      pattern: said('pattern'),
      dialect: said('dialect'),
      target,
      minLevel: said('level') === 'SHALL' ? 'SHALL' : 'SHOULD',
      profile: joined(more, {
        consentToWrite: form.get('consent') === 'yes',
        ...(authorization === '' ? {} : { credentials: { authorization } }),
        ...(patient === '' ? {} : { ids: { patient } }),
        ...(Object.keys(headers).length === 0 ? {} : { headers }),
        ...(slots.length === 0 ? {} : { slots }),
      }),
    },
  };
};
