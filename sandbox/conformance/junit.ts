import type { CheckResult, RequirementResult } from './judge.ts';
import type { Report } from './report.ts';

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
      return `${open}>\n      <failure type="${xml(requirement.id)}" message="${message}">${xml(`${requirement.statement} (${requirement.source})`)}</failure>\n    </testcase>`;
    case 'error':
      return `${open}>\n      <error type="${xml(requirement.id)}" message="${message}"/>\n    </testcase>`;
    default:
      return `${open}>\n      <skipped message="${message}"/>\n    </testcase>`;
  }
};

/** The report as JUnit XML, as CI servers read it: one test suite, one test case per check. */
export const junit = (report: Report): string => {
  const checks = report.requirements.flatMap((requirement) =>
    requirement.checks.map((check) => ({ requirement, check })),
  );
  const count = (...verdicts: readonly string[]) =>
    checks.filter(({ check }) => verdicts.includes(check.verdict)).length;
  const totals = `tests="${checks.length}" failures="${count('fail')}" errors="${count('error')}" skipped="${count('skip', 'omit')}"`;
  const seconds = (report.milliseconds / 1000).toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="fingerpost" ${totals} time="${seconds}">`,
    `  <testsuite name="${xml(`${report.pattern} (${report.dialect})`)}" ${totals} time="${seconds}" timestamp="${xml(report.startedAt)}" hostname="${xml(new URL(report.target).host)}">`,
    ...checks.map(({ requirement, check }) => testcase(requirement, check)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
};
