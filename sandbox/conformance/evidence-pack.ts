import { strToU8, zipSync } from 'fflate';
import { line } from './evidence.ts';
import { reportHtml } from './html.ts';
import type { RequirementResult } from './judge.ts';
import { junit } from './junit.ts';
import { shareText } from './numbers.ts';
import { type Report, type ReportedExchange, standingOf } from './report.ts';

/** The earliest time that a zip can say, in any zone: the same report gives the same bytes. */
const TIME = new Date(1980, 0, 1);

const NOT_ASSURANCE = `THIS IS NOT NHS ASSURANCE.
Nobody at NHS England, nor anybody else, has looked at it or approves of anything by it. It is what a program saw when it
asked one system some questions, once, with made-up people.`;

const readme = (report: Report): string => `Evidence of a conformance run

${NOT_ASSURANCE}

${report.notice}

Pattern   ${report.pattern}, dialect ${report.dialect}
Judged    ${report.participant ?? report.role}: ${report.target}
Started   ${report.startedAt}
Made by   ${report.tool}
${shareText('Index', report.index)} (${report.index.means})
${shareText('Score', report.score)} (${report.score.means})

report.html, report.json and junit.xml are the whole report. requirements/<id>/ has, for each requirement of the catalogue:
verdict.json, what was found; and exchanges/, every request and reply that a verdict of it rests on, credentials removed.

${report.requirements.map((one) => `${one.id}  ${one.level.padEnd(6)}  ${standingOf(one)}`).join('\n')}
`;

const half = (first: string, headers: Readonly<Record<string, string>>, body = ''): string =>
  [first, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', body].join('\n');

const exchangeText = (exchange: ReportedExchange): string => {
  const { request, reply, broken, ...rest } = exchange;
  return [
    `# ${line(exchange)}`,
    `# ${JSON.stringify(rest)}`,
    half(`${request.method} ${request.url}`, request.headers, request.body),
    '',
    reply === undefined
      ? `# no reply: ${broken?.detail ?? 'none is part of it'}`
      : half(`HTTP ${reply.status}`, reply.headers, reply.body),
    '',
  ].join('\n');
};

const filesOf = (one: RequirementResult, report: Report): readonly (readonly [string, string])[] => {
  const steps = new Set(one.checks.flatMap((check) => check.steps));
  const folder = `requirements/${one.id}`;
  const behind = report.exchanges.filter(({ step }) => steps.has(step));
  return [
    [`${folder}/verdict.json`, `${JSON.stringify({ standing: standingOf(one), ...one }, null, 2)}\n`],
    ...behind.map(
      (exchange) =>
        [`${folder}/exchanges/${exchange.step.replaceAll(/[^\w.-]/g, '_')}.txt`, exchangeText(exchange)] as const,
    ),
  ];
};

const filesOfReport = (report: Report): readonly (readonly [string, string])[] => [
  ['README.txt', readme(report)],
  ['report.html', reportHtml(report)],
  ['report.json', `${JSON.stringify(report, null, 2)}\n`],
  ['junit.xml', junit(report)],
  ...report.requirements.flatMap((one) => filesOf(one, report)),
];

const folderOf = ({ dialect, role, participant }: Report, place: number): string =>
  `evidence/${place + 1}-${dialect}-${role}${participant === undefined ? '' : `-${participant}`}`;

/** Reports as a zip, each keyed by requirement, which says plainly what it is not; several have a folder each. */
export const evidencePack = (...reports: readonly Report[]): Uint8Array => {
  const files = reports.flatMap((report, place) => {
    const folder = reports.length === 1 ? 'evidence' : folderOf(report, place);
    return filesOfReport(report).map(([name, text]) => [`${folder}/${name}`, strToU8(text)] as const);
  });
  return zipSync(Object.fromEntries(files), { level: 9, mtime: TIME });
};
