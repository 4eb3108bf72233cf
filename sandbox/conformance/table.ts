import { line, saidBy } from './evidence.ts';
import type { CheckResult, RequirementResult } from './judge.ts';
import { shareText } from './numbers.ts';
import { type Report, type ReportedExchange, type Standing, standingOf } from './report.ts';
import { nameOf } from './waivers.ts';

const WORDS: Readonly<Record<Standing, string>> = {
  pass: 'pass ',
  fail: 'FAIL ',
  error: 'ERROR',
  skip: 'skip ',
  omit: 'omit ',
  waived: 'waive',
};
/** ANSI SGR: green, red, red, yellow, faint, magenta. The word always stands there too. */
const COLOURS: Readonly<Record<Standing, number>> = { pass: 32, fail: 31, error: 31, skip: 33, omit: 2, waived: 35 };

const wrap = (text: string, width: number, indent: string): string[] => {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(/\s+/)) {
    if (current !== '' && current.length + word.length + 1 > width) {
      lines.push(indent + current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return current === '' ? lines : [...lines, indent + current];
};

const under = (text: string, width: number): string[] => {
  const said = text.replace(/^not observed: /, '');
  return wrap(said.charAt(0).toUpperCase() + said.slice(1), width - 9, '         ');
};
/** The first line has the sign, so that what was wrapped does not look like a further finding. */
const bullet = (text: string, width: number): string[] =>
  wrap(text, width - 9, '         ').map((one, index) => (index === 0 ? `       > ${one.trimStart()}` : one));

/** A step, and beneath it what a refusal said: often that is what there is to mend. */
const step = (observation: ReportedExchange, width: number): string[] => {
  const said = saidBy(observation);
  return [`         ${line(observation)}`, ...(said === undefined ? [] : wrap(`“${said}”`, width - 11, '           '))];
};

const headOf = ({ title, verdict, waived }: CheckResult): string =>
  `${verdict === 'skip' ? 'not observed' : verdict}${waived === undefined ? '' : `, waived until ${waived.expires} (${waived.reason})`}: ${title}`;

/** The two numbers, what they mean, and what is asked of the one. */
const numbers = ({ index, score, minIndex }: Report, width: number): readonly string[] => [
  ...wrap(`${shareText('Index', index)}: ${index.means}`, width, ''),
  ...((index.percent ?? 0) < (minIndex ?? 0) ? [`That is below the ${minIndex} % that are asked for.`] : []),
  ...wrap(`${shareText('Score', score)}: ${score.means}`, width, ''),
];

/** The report for a terminal: one line a requirement, what is wrong beneath it, the totals last. */
export const table = (report: Report, options: { readonly colour: boolean; readonly width: number }): string => {
  const width = Math.max(60, Math.min(options.width, 140));
  const paint = (standing: Standing): string =>
    options.colour ? `\u001B[${COLOURS[standing]}m${WORDS[standing]}\u001B[0m` : WORDS[standing];
  const rows = report.requirements.flatMap((requirement: RequirementResult) => {
    const head = `${paint(standingOf(requirement))}  ${requirement.id}  ${requirement.level.padEnd(6)}  `;
    const [first = '', ...more] = wrap(requirement.statement, width - 23, '');
    const rest = more.map((text) => ' '.repeat(23) + text);
    const beneath = requirement.checks
      .filter(({ verdict }) => verdict !== 'pass' || requirement.verdict !== 'pass')
      .flatMap((check) => [
        ...bullet(headOf(check), width),
        ...under(check.message, width),
        // What passed needs no mending, and may rest on all there was.
        ...(check.verdict === 'pass' ? [] : check.steps).flatMap((name) =>
          report.exchanges.filter((exchange) => exchange.step === name).flatMap((exchange) => step(exchange, width)),
        ),
      ]);
    const why = requirement.why === undefined ? [] : bullet(requirement.why, width);
    return [head + first, ...rest, ...beneath, ...why];
  });
  const { pass, fail, error, skip, omit, waived } = report.counts;
  const idle = report.waivers.filter(({ covers }) => covers === 0).map(nameOf);
  const verdict = { 0: 'Passed', 1: 'FAILED', 4: 'Nothing could be judged' }[report.exitCode];
  return [
    `${report.pattern}, dialect ${report.dialect}, as ${report.participant ?? report.role}: ${report.target}`,
    '',
    ...rows,
    '',
    `${verdict}: ${pass} passed, ${fail} failed, ${error} broken, ${waived} waived, ${skip} not observed, ${omit} not applicable (${(report.milliseconds / 1000).toFixed(1)} s).`,
    ...numbers(report, width),
    ...(idle.length === 0 ? [] : wrap(`Nothing failed of what is waived for ${idle.join(', ')}.`, width, '')),
    report.notice,
    '',
  ].join('\n');
};
