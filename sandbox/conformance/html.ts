import { exchangesOf } from './html-exchanges.ts';
import { reportPolicy, STYLE } from './html-style.ts';
import { Markup, markup } from './html-text.ts';
import type { CheckResult, RequirementResult } from './judge.ts';
import { type Share, shareText } from './numbers.ts';
import { type Report, type Standing, standingOf } from './report.ts';
import { nameOf } from './waivers.ts';

const WORDS: Readonly<Record<Standing, string>> = {
  pass: 'Passed',
  fail: 'Failed',
  error: 'Check broke',
  skip: 'Not observed',
  omit: 'Does not apply',
  waived: 'Waived failure',
};
const ORDER: readonly Standing[] = ['fail', 'error', 'waived', 'pass', 'skip', 'omit'];
const ENDS = { 0: 'Passed', 1: 'Failed', 4: 'Nothing could be judged' } as const;

const tag = (standing: Standing): Markup => markup`<span class="tag ${standing}">${WORDS[standing]}</span>`;
const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const number = (name: string, share: Share, more?: string): Markup =>
  markup`<li><b>${shareText(name, share)}</b><p>${upper(share.means)} (${share.weight} of ${share.of})</p>${more === undefined ? undefined : markup`<p>${more}</p>`}</li>`;

const facts = (report: Report): Markup => {
  const { role, participant, startedAt, milliseconds, minLevel, minIndex } = report;
  const rows: readonly (readonly [string, string])[] = [
    ['Pattern', report.pattern],
    ['Dialect', report.dialect],
    [role === 'initiator' ? 'Sandbox' : 'Target', report.target],
    ['Judged as', participant === undefined ? role : `${participant}, who starts things (${role})`],
    ['Started', startedAt],
    ['Took', `${(milliseconds / 1000).toFixed(1)} s`],
    [
      'Held to',
      `${minLevel === 'SHALL' ? 'SHALL only' : 'SHALL and SHOULD'}${minIndex === undefined ? '' : `, index of at least ${minIndex} %`}`,
    ],
    ['Made by', report.tool],
  ];
  return markup`<dl>${rows.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>`;
};

const checkOf = (check: CheckResult, report: Report, prefix: string): Markup => {
  const behind = check.steps.flatMap((step) => {
    const place = report.exchanges.findIndex((exchange) => exchange.step === step);
    return place < 0 ? [] : [markup` <a href="#${prefix}x${place + 1}">${step}</a>`];
  });
  return markup`<li><p>${tag(standingOf(check))} <b>${check.title}</b> <span class="soft">${check.check}, ${check.level}</span></p>
${check.message === '' ? undefined : markup`<p>${upper(check.message.replace(/^not observed: /, ''))}</p>`}${
  check.waived === undefined ? undefined : markup`<p>Waived until ${check.waived.expires}: ${check.waived.reason}</p>`
}${behind.length === 0 ? undefined : markup`<p>Behind it:${behind}</p>`}</li>\n`;
};

const requirementOf = (one: RequirementResult, report: Report, prefix: string): Markup =>
  markup`<section class="one" id="${prefix}${one.id}" aria-labelledby="${prefix}${one.id}-h"><h3 id="${prefix}${one.id}-h">${one.id} ${tag(standingOf(one))}</h3>
<p>${one.statement}</p><p class="soft">${one.level}. Source: ${one.source}</p>
${one.why === undefined ? undefined : markup`<p>${upper(one.why)}.</p>`}<ul class="checks">${one.checks.map((check) => checkOf(check, report, prefix))}</ul></section>\n`;

const overview = (report: Report, prefix: string): Markup =>
  markup`<table><caption>Requirements, each a link to what was found</caption><thead><tr><th scope="col">Id</th><th scope="col">Verdict</th><th scope="col">Level</th><th scope="col">Statement</th></tr></thead><tbody>
${ORDER.flatMap((standing) => report.requirements.filter((one) => standingOf(one) === standing)).map(
  (one) =>
    markup`<tr><th scope="row"><a href="#${prefix}${one.id}">${one.id}</a></th><td>${tag(standingOf(one))}</td><td>${one.level}</td><td>${one.statement}</td></tr>\n`,
)}</tbody></table>`;

const waivers = ({ waivers: all }: Report): Markup | undefined =>
  all.length === 0
    ? undefined
    : markup`<h2>Waivers</h2><ul>${all.map(
        (one) =>
          markup`<li>${nameOf(one)}, until ${one.expires}: ${one.reason} ${one.covers === 0 ? 'Nothing failed of it.' : `It covers ${one.covers} failed ${one.covers === 1 ? 'check' : 'checks'}.`}</li>`,
      )}</ul>`;

const reportOf = (report: Report, prefix: string): Markup => {
  const { counts, index, score, minIndex = 0, exitCode } = report;
  const below = (index.percent ?? 0) < minIndex ? `That is below the ${minIndex} % that are asked for.` : undefined;
  return markup`<h1>${ENDS[exitCode]}: ${report.pattern} (${report.dialect})</h1>
<p>${ORDER.filter((one) => counts[one] > 0).map((one) => markup`${tag(one)} ${counts[one]} `)}</p>
<p class="notice"><b>${report.notice}</b></p>
${facts(report)}
<ul class="numbers">${number('Index', index, below)}${number('Score', score)}</ul>
${waivers(report)}<h2>Overview</h2>${overview(report, prefix)}
<h2 class="new-page">What was found</h2>
${report.requirements.map((one) => requirementOf(one, report, prefix))}${exchangesOf(report, prefix)}`;
};

/** Reports as one HTML file that needs no script and nothing from elsewhere: for a screen, for a screen reader, for paper. */
export const reportHtml = (...reports: readonly Report[]): string => {
  const title = reports.map(({ pattern, dialect }) => `${pattern} (${dialect})`).join(', ');
  const style = new Markup(STYLE);
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${reportPolicy()}"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Conformance: ${title}</title><style>${style}</style></head>
<body><main>
${reports.map((report, index) => reportOf(report, reports.length === 1 ? '' : `r${index + 1}-`))}</main></body></html>
`.text;
};
