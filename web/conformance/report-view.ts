import { html, nothing, type TemplateResult } from 'lit';
import { getReport, reportAddress } from '../data/conformance-api.ts';
import type { CheckResult, Report, RequirementResult, Share } from '../data/report-types.ts';
import { saveAs } from '../diagrams/save-as.ts';
import { exchangeName, judged, notApplying, said, standingOf, summaryOf, TONES, WORDS } from '../sandbox/verdicts.ts';

const ENDS: Readonly<Record<number, string>> = { 0: 'Passed', 1: 'Failed', 4: 'Nothing could be judged' };

/** What can be taken away: ending, media type, and how it is called. */
const FILES = [
  ['html', 'text/html', 'HTML'],
  ['xml', 'application/xml', 'JUnit XML'],
  ['json', 'application/json', 'JSON'],
  ['zip', 'application/zip', 'Evidence pack'],
] as const;

const tag = (one: RequirementResult | CheckResult): TemplateResult => {
  const standing = standingOf(one);
  return html`<span class=${`nhsuk-tag fp-tag--${TONES[standing]}`}>${WORDS[standing]}</span>`;
};

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const number = (name: string, { percent, means }: Share): TemplateResult => html`
  <div class="fp-number">
    <dt>${name}</dt>
    <dd><b>${percent === undefined ? 'None' : `${percent} %`}</b> ${sentence(means)}</dd>
  </div>`;

/** The two numbers of a report, with what they mean. */
export const numbersOf = ({ index, score }: Report): TemplateResult =>
  html`<dl class="fp-numbers">${number('Index', index)} ${number('Score', score)}</dl>`;

const check = (one: CheckResult, report: Report): TemplateResult => html`
  <li>${tag(one)} <b>${one.title}</b>
    ${one.message === '' ? nothing : html`<p>${said(one)}</p>`}
    ${one.waived === undefined ? nothing : html`<p>Waived until ${one.waived.expires}: ${one.waived.reason}</p>`}
    ${one.steps.length === 0 || one.verdict === 'pass' ? nothing : html`<p class="fp-quiet">${one.steps.map((step) => exchangeName(report.exchanges, step)).join('; ')}</p>`}
  </li>`;

const requirement = (one: RequirementResult, report: Report): TemplateResult => html`
  <li class=${`fp-verdict fp-verdict--${TONES[standingOf(one)]}`}>
    <h3 class="nhsuk-heading-s">${tag(one)} ${one.id} <span class="fp-quiet">${one.level}</span></h3>
    <p>${one.statement}</p>
    <p class="fp-quiet">Source: ${one.source}</p>
    <ul>${one.checks.map((of) => check(of, report))}</ul>
  </li>`;

const downloads = (id: string, report: Report): TemplateResult => {
  const save = async (ending: string, type: string): Promise<void> =>
    saveAs(`conformance-${report.pattern}-${report.dialect}.${ending}`, type, await getReport(id, type));
  return html`
    <section class="fp-panel" aria-labelledby="take">
      <h2 class="nhsuk-heading-s" id="take">Take it away</h2>
      <p class="nhsuk-body"><a href=${reportAddress(id)}>Every request and reply</a>, as one page to keep or print.</p>
      <ul class="fp-downloads">
        ${FILES.map(([ending, type, name]) => html`<li><button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="button" @click=${() => save(ending, type)}>Download ${name}</button></li>`)}
      </ul>
    </section>`;
};

/** A report of a run, with what can be taken away of it. */
export const wholeReport = (id: string, report: Report): TemplateResult => {
  const omitted = notApplying(report);
  return html`
    <div class="fp-columns">
      <div class="fp-columns__main">
        <span class="nhsuk-caption-xl">${report.pattern}, ${report.dialect}</span>
        <h1 class="nhsuk-heading-xl">${ENDS[report.exitCode] ?? 'Checked'}</h1>
        <p class="nhsuk-body-l fp-any">${report.target}: ${summaryOf(report)}</p>
        ${numbersOf(report)}
        <p class="nhsuk-body">${report.notice}</p>
        <h2 class="nhsuk-heading-m">What was found</h2>
        <ul class="fp-verdicts">${judged(report).map((one) => requirement(one, report))}</ul>
        ${
          omitted.length === 0
            ? nothing
            : html`<details class="nhsuk-details"><summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">${omitted.length} that no check looked at, or that do not apply</span></summary>
              <ul class="fp-verdicts nhsuk-details__text">${omitted.map((one) => html`<li class="fp-verdict"><b>${one.id}</b> ${one.statement}<p class="fp-quiet">Why: ${one.why ?? one.checks.map(({ message }) => message).join('; ')}.</p></li>`)}</ul></details>`
        }
      </div>
      <aside class="fp-columns__side" aria-label="The report as a file">${downloads(id, report)}</aside>
    </div>`;
};
