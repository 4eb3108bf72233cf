import { line } from './evidence.ts';
import { type Markup, markup } from './html-text.ts';
import type { Report, ReportedExchange } from './report.ts';

type Half = { readonly headers: Readonly<Record<string, string>>; readonly body?: string };

/** JSON is laid out for reading; anything else stands as it was. */
const laidOut = (body: string): string => {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
};

const half = (label: string, first: string, { headers, body = '' }: Half): Markup => {
  const lines = [first, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  const text = body === '' ? lines : [...lines, '', laidOut(body)];
  // It can be scrolled, so it can have the focus.
  return markup`<pre tabindex="0" role="region" aria-label="${label}">${text.join('\n')}</pre>`;
};

const journalOf = ({ journal }: ReportedExchange): Markup | undefined =>
  journal === undefined
    ? undefined
    : markup`<p class="soft">From ${journal.from} to ${journal.to} at ${journal.realAt}${journal.at === journal.realAt ? '' : ` (${journal.at} on the sandbox clock)`}${journal.fault === undefined ? '' : `; fault: ${journal.fault}`}${journal.note === undefined ? '' : `; ${journal.note}`}</p>`;

const exchangeOf = (exchange: ReportedExchange, place: number, report: Report, prefix: string): Markup => {
  const { step, request, reply, broken, milliseconds } = exchange;
  const behind = report.requirements.filter(({ checks }) => checks.some(({ steps }) => steps.includes(step)));
  const name = `${place}. ${step}`;
  return markup`<section class="one" id="${prefix}x${place}" aria-labelledby="${prefix}x${place}-h"><h3 id="${prefix}x${place}-h">${name}</h3>
<p>${line(exchange)} <span class="soft">(${milliseconds} ms)</span></p>${journalOf(exchange)}
${behind.length === 0 ? undefined : markup`<p>For: ${behind.map(({ id }) => markup`<a href="#${prefix}${id}">${id}</a> `)}</p>`}
${half(`Request of ${name}`, `${request.method} ${request.url}`, request)}
${reply === undefined ? markup`<p>${broken === undefined ? 'No reply is part of it.' : `No reply: ${broken.detail}.`}</p>` : half(`Reply of ${name}`, String(reply.status), reply)}</section>\n`;
};

/** Every exchange of a report, with the requirements that rest on it. */
export const exchangesOf = (report: Report, prefix: string): Markup =>
  markup`<h2 class="new-page">Requests and replies</h2>
<p>${report.exchanges.length === 0 ? 'There are none behind these verdicts.' : 'In the order in which they began. Credentials are removed; JSON is laid out for reading; what is longer than 65,536 characters is cut.'}</p>
${report.exchanges.map((exchange, index) => exchangeOf(exchange, index + 1, report, prefix))}`;
