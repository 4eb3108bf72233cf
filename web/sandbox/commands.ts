import type { Endpoint, Sandbox } from '../data/sandbox-types.ts';

export interface Command {
  readonly title: string;
  readonly text: string;
}

/** Quoted for a POSIX shell. */
export const shellQuote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const curl = (parts: readonly string[]): string => ['curl -sS', ...parts].join(' \\\n  ');

/** A patient that the seed put there: the first example that looks like an NHS number. */
const patientOf = ({ examples = [] }: Sandbox): string =>
  examples.find(({ value }) => /^\d{10}$/.test(value))?.value ?? '9000000009';

/** Ready to paste into a terminal: read, search, and a change with version control, for one FHIR endpoint. */
export const commandsFor = (sandbox: Sandbox, endpoint: Endpoint, uuid: () => string): Command[] => {
  if (endpoint.protocol !== 'fhir-r4') return [];
  const headers = (): string[] => [
    ...(endpoint.credential === undefined ? [] : [`-H ${shellQuote(`Authorization: Bearer ${endpoint.credential}`)}`]),
    `-H ${shellQuote(`X-Request-ID: ${uuid()}`)}`,
  ];
  const patient = `${endpoint.url}/Patient/${patientOf(sandbox)}`;
  const patch = JSON.stringify([{ op: 'replace', path: '/gender', value: 'unknown' }]);
  const search =
    sandbox.dialect === 'pds' ? 'family=Smith&gender=female&birthdate=eq2010-10-22' : 'family=Smith&_count=5';
  return [
    { title: 'Read', text: curl([...headers(), shellQuote(patient)]) },
    { title: 'Search', text: curl([...headers(), shellQuote(`${endpoint.url}/Patient?${search}`)]) },
    {
      title: 'Patch',
      text: curl([
        '-X PATCH',
        ...headers(),
        `-H ${shellQuote('Content-Type: application/json-patch+json')}`,
        `-H ${shellQuote('If-Match: W/"1"')}`,
        `-d ${shellQuote(patch)}`,
        shellQuote(patient),
      ]),
    },
  ];
};
