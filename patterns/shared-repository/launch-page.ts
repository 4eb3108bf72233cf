import { member } from '../../sandbox/act-values.ts';
import type { StoredRow } from '../../sandbox/fhir/stored.ts';

export interface Shown {
  readonly record: string;
  readonly row: StoredRow;
  readonly asAt: number;
  readonly person: string;
  readonly organisation: string;
  /** The Provenance of the version that is shown. */
  readonly last: unknown;
}

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPED[character] ?? character);

const at = (value: unknown, ...path: readonly string[]): unknown => path.reduce(member, value);

const day = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 19);

/** A plain page, for it may hold neither script nor style. It says as of when it is, and who wrote last. */
export const launchPage = ({ record, row, asAt, person, organisation, last }: Shown): string => {
  const author = at(last, 'agent', '0', 'who', 'display');
  const recorded = at(last, 'recorded');
  const facts: readonly (readonly [string, string])[] = [
    ['As at', `${day(asAt)} UTC`],
    ['Version', String(row.version)],
    ['Last changed', `${day(row.updated)} UTC`],
    ['By', typeof author === 'string' ? author : 'the sandbox’s seed'],
    ...(typeof recorded === 'string' ? [['Recorded', recorded] as const] : []),
    ['Opened for', person === '' ? organisation : `${person}, ${organisation}`],
  ];
  const list = facts.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`).join('\n');
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escaped(record)}</title></head>
<body>
<h1>${escaped(record)}</h1>
<p>Not an NHS service. Synthetic data only.</p>
<dl>
${list}
</dl>
<pre>${escaped(JSON.stringify(JSON.parse(row.body), null, 2))}</pre>
</body>
</html>
`;
};
