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

const isTarget = (text: string): boolean => /^(https?|mllps?):\/\/[^/]/i.test(text) && URL.canParse(text);

const words = (text: string): readonly string[] => text.split(/[\s,]+/).filter((word) => word !== '');

export type Read = { readonly request: RunRequest } | { readonly problems: readonly SummaryEntry[] };

/** What the form asks for. What it leaves empty is no part of the profile: checks that need it are not observed then. */
export const readRun = (form: Pick<FormData, 'get'>): Read => {
  const said = (name: string): string => String(form.get(name) ?? '').trim();
  const [target, authorization, patient] = [said('target'), said('authorization'), said('patient')];
  const headers = headersIn(said('headers'));
  const slots = words(said('slots'));
  const problems: SummaryEntry[] = [];
  if (!isTarget(target))
    problems.push({
      text:
        target === '' ? 'Enter the address of your system' : 'Enter an address like https://my-system.example/FHIR/R4',
      field: 'run-target',
    });
  if (headers === undefined) problems.push({ text: 'Write each header as Name: value', field: 'run-headers' });
  if (problems.length > 0 || headers === undefined) return { problems };
  return {
    request: {
      pattern: said('pattern'),
      dialect: said('dialect'),
      target,
      minLevel: said('level') === 'SHALL' ? 'SHALL' : 'SHOULD',
      profile: {
        consentToWrite: form.get('consent') === 'yes',
        ...(authorization === '' ? {} : { credentials: { authorization } }),
        ...(patient === '' ? {} : { ids: { patient } }),
        ...(Object.keys(headers).length === 0 ? {} : { headers }),
        ...(slots.length === 0 ? {} : { slots }),
      },
    },
  };
};
