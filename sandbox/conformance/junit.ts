import type { CheckResult, RequirementResult } from './judge.ts';
import type { Share } from './numbers.ts';
import { type Report, type Standing, standingOf } from './report.ts';

/** XML 1.0 text: the five characters escaped, and what XML cannot hold (§2.2 Char) replaced. */
const xml = (text: string): string =>
  Array.from(text.toWellFormed(), (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x20 && code !== 0x9 && code !== 0xa && code !== 0xd) return '\uFFFD';
    if (code === 0xfffe || code === 0xffff) return '\uFFFD';
    return (
      {
        '&': '&amp;',
        '<': '&lt;',
        '>': '&gt;',
        '"': '&quot;',
        "'": '&apos;',
        '\n': '&#10;',
        '\r': '&#13;',
        '\t': '&#9;',
      }[char] ?? char
    );
  }).join('');

const testcase = (requirement: RequirementResult, check: CheckResult): string => {
  const open = `    <testcase classname="${xml(requirement.id)}" name="${xml(`${requirement.id} ${check.title} [${check.level}]`)}" time="0"`;
  const message = xml(check.message);
  switch (check.verdict) {
    case 'pass':
      return `${open}/>`;
    case 'fail':
      if (check.waived !== undefined)
        return `${open}>\n      <skipped message="${xml(`Waived until ${check.waived.expires}: ${check.waived.reason} It failed: ${check.message}`)}"/>\n    </testcase>`;
      return `${open}>\n      <failure type="${xml(requirement.id)}" message="${message}">${xml(`${requirement.statement} (${requirement.source})`)}</failure>\n    </testcase>`;
    case 'error':
      return `${open}>\n      <error type="${xml(requirement.id)}" message="${message}"/>\n    </testcase>`;
    default:
      return `${open}>\n      <skipped message="${message}"/>\n    </testcase>`;
  }
};

interface Totals {
  readonly text: string;
  readonly seconds: string;
}

const totalsOf = (reports: readonly Report[]): Totals => {
  const checks = reports.flatMap(({ requirements }) => requirements.flatMap((one) => one.checks));
  const count = (...wanted: readonly Standing[]) => checks.filter((check) => wanted.includes(standingOf(check))).length;
  const milliseconds = reports.reduce((sum, report) => sum + report.milliseconds, 0);
  return {
    text: `tests="${checks.length}" failures="${count('fail')}" errors="${count('error')}" skipped="${count('skip', 'omit', 'waived')}"`,
    seconds: (milliseconds / 1000).toFixed(3),
  };
};

const property = (name: string, value: string): string => `      <property name="${name}" value="${xml(value)}"/>`;

const share = (name: string, { percent, weight, of, means }: Share): readonly string[] => [
  property(name, percent === undefined ? 'none' : String(percent)),
  property(`${name}.means`, `${weight} of ${of}: ${means}`),
];

/** The two numbers with what they mean, and what the run was held to. */
const properties = ({ index, score, minLevel, minIndex, role, target, tool, exitCode, notice }: Report) => [
  '    <properties>',
  ...share('index', index),
  ...share('score', score),
  property('minLevel', minLevel),
  ...(minIndex === undefined ? [] : [property('minIndex', String(minIndex))]),
  property('exitCode', String(exitCode)),
  property('role', role),
  property('target', target),
  property('tool', tool),
  property('notice', notice),
  '    </properties>',
];

const suite = (report: Report): readonly string[] => {
  const { text, seconds } = totalsOf([report]);
  // A system may be judged over HTTP and over MLLP in one document.
  const overMllp = /^mllps?:/i.test(report.target) ? ['MLLP'] : [];
  const who = [report.dialect, ...(report.participant === undefined ? [] : [report.participant]), ...overMllp].join(
    ', ',
  );
  return [
    `  <testsuite name="${xml(`${report.pattern} (${who})`)}" ${text} time="${seconds}" timestamp="${xml(report.startedAt)}" hostname="${xml(new URL(report.target).host)}">`,
    ...properties(report),
    ...report.requirements.flatMap((requirement) => requirement.checks.map((check) => testcase(requirement, check))),
    '  </testsuite>',
  ];
};

/** Reports as one JUnit XML document, as CI servers read it: a test suite for each, a test case for each check. */
export const junit = (...reports: readonly Report[]): string => {
  const { text, seconds } = totalsOf(reports);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="conformance" ${text} time="${seconds}">`,
    ...reports.flatMap(suite),
    '</testsuites>',
    '',
  ].join('\n');
};
