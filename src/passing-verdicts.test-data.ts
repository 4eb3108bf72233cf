import { journalEvidenceOf, type Seen } from '../sandbox/conformance/journal-evidence-of.ts';
import { openCatalogue } from './catalogue.ts';
import { loadConformance, loadPassing } from './catalogue-conformance.ts';
import { judgeBetween } from './proxy/judge.ts';

interface Traffic {
  readonly pattern: string;
  readonly dialect?: string;
  readonly from: string;
  readonly to: string;
  readonly exchanges: Readonly<Record<string, Seen>>;
}

const catalogue = await openCatalogue();

/** What is said of each check of whoever answered, by traffic that passed between two systems. */
export const verdictsOf = async ({ pattern, dialect = 'fhir-r4', from, to, exchanges }: Traffic) => {
  const towards = Object.fromEntries(Object.entries(exchanges).map(([id, one]) => [id, { to, ...one }]));
  const seen = journalEvidenceOf(dialect, from, towards).exchanges;
  const between = {
    pattern,
    dialect,
    conformance: await loadConformance(catalogue, pattern),
    passing: await loadPassing(pattern),
    exchanges: seen,
    lost: 0,
    startedAt: new Date(seen[0]?.began ?? 0),
    tool: 'test',
    demands: {},
  };
  const reports = await judgeBetween(between, [{ from, to, upstream: 'http://upstream.test' }]);
  const checks = reports.find(({ role }) => role === 'responder')?.requirements.flatMap((one) => one.checks) ?? [];
  const of = (verdict: string) => checks.filter((one) => one.verdict === verdict).map(({ check }) => check);
  return { passed: of('pass'), failed: of('fail') };
};
