import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { evidencePack } from './evidence-pack.ts';
import { reportHtml } from './html.ts';
import { reportPolicy } from './html-style.ts';
import { makeReport, type Report } from './report.ts';

const NASTY = `<script>alert("x")</script>\u0007 & 'so' on`;
const report: Report = makeReport({
  pattern: 'p',
  dialect: 'd',
  target: 'http://target.test/fhir',
  role: 'responder',
  startedAt: new Date(0),
  milliseconds: 1_234,
  tool: 'fingerpost 0',
  minLevel: 'SHOULD',
  minIndex: 90,
  waivers: [{ requirement: 'TST-02', reason: 'release 7', expires: '2999-01-01' }],
  results: [
    {
      id: 'TST-01',
      level: 'SHALL',
      role: 'responder',
      statement: NASTY,
      source: 'a test',
      verdict: 'pass',
      checks: [{ check: 'tst-01', title: 'It greets', level: 'SHALL', verdict: 'pass', message: '', steps: ['greet'] }],
    },
    {
      id: 'TST-02',
      level: 'SHOULD',
      role: 'responder',
      statement: 'Says bye.',
      source: 'a test',
      verdict: 'fail',
      checks: [
        { check: 'tst-02', title: 'It says bye', level: 'SHOULD', verdict: 'fail', message: NASTY, steps: ['bye/now'] },
      ],
    },
    {
      id: 'TST-03',
      level: 'SHALL',
      role: 'responder',
      statement: 'Waits.',
      source: 'a test',
      verdict: 'omit',
      checks: [],
      why: 'nobody can tell',
    },
  ],
  exchanges: [
    {
      step: 'greet',
      request: { method: 'GET', url: 'http://target.test/fhir/greet', headers: { accept: 'text/plain' } },
      reply: { status: 200, headers: { etag: 'W/"1"' }, body: '{"a":[1]}' },
      milliseconds: 2,
    },
    {
      step: 'bye/now',
      request: { method: 'POST', url: 'http://target.test/fhir/bye', headers: {}, body: NASTY },
      broken: { how: 'dropped', detail: 'the connection was closed' },
      milliseconds: 3,
    },
  ],
});

describe('a report as HTML', () => {
  const html = reportHtml(report);

  it('needs no script and nothing from elsewhere, and its policy lets it have its own style and nothing else', () => {
    expect(html).toContain(
      `<meta http-equiv="Content-Security-Policy" content="${reportPolicy().replaceAll("'", '&#39;')}">`,
    );
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\son\w+=|\sstyle=|javascript:/i);
    expect([...html.matchAll(/href="([^"]*)"/g)].filter(([, to]) => !to?.startsWith('#'))).toEqual([]);
  });

  it('shows what a target said as text, whatever that is', () => {
    expect(html).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;\uFFFD &amp; &#39;so&#39; on');
  });

  it('leads from each verdict to the requests and replies behind it, and back', () => {
    const ids = new Set([...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id));
    const links = [...html.matchAll(/href="#([^"]*)"/g)].map(([, to]) => to);
    expect(links).toEqual(expect.arrayContaining(['TST-01', 'TST-02', 'x1', 'x2']));
    expect(links.filter((to) => !ids.has(to))).toEqual([]);
    expect(html).toContain('accept: text/plain');
    expect(html).toMatch(/200\netag: W\/&quot;1&quot;\n\n{\n {2}&quot;a&quot;/);
    expect(html).toContain('No reply: the connection was closed.');
  });

  it('says what the numbers mean, what is waived, and what it is not', () => {
    expect(html).toContain('<b>Index 57 %</b><p>Of the 3 requirements asked of a responder here');
    expect(html).toContain('That is below the 90 % that are asked for.');
    expect(html).toMatch(/<span class="tag waived">Waived failure<\/span>/);
    expect(html).toContain('TST-02, until 2999-01-01: release 7 It covers 1 failed check.');
    expect(html).toContain('This is not assurance by NHS England or by anybody else.');
  });

  it('is one file also where a project was judged in several dialects, with each place in it only once', () => {
    const both = reportHtml(report, { ...report, dialect: 'e' });
    const ids = [...both.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(both.match(/<h1>/g)).toHaveLength(2);
  });
});

describe('an evidence pack', () => {
  const files = unzipSync(evidencePack(report));
  const text = (name: string): string => strFromU8(files[`evidence/${name}`] ?? new Uint8Array());

  it('is keyed by requirement, and has what each verdict rests on', () => {
    expect(Object.keys(files).filter((name) => name.includes('/TST-0'))).toEqual([
      'evidence/requirements/TST-01/verdict.json',
      'evidence/requirements/TST-01/exchanges/greet.txt',
      'evidence/requirements/TST-02/verdict.json',
      'evidence/requirements/TST-02/exchanges/bye_now.txt',
      'evidence/requirements/TST-03/verdict.json',
    ]);
    expect(JSON.parse(text('requirements/TST-02/verdict.json'))).toMatchObject({ standing: 'waived', verdict: 'fail' });
    expect(text('requirements/TST-01/exchanges/greet.txt')).toContain('HTTP 200\netag: W/"1"\n\n{"a":[1]}');
    expect(text('report.html')).toBe(reportHtml(report));
    expect(text('junit.xml')).toContain('<testsuites');
    expect(JSON.parse(text('report.json'))).toEqual(report);
  });

  it('says plainly that it is not NHS assurance, and has the same bytes for the same report', () => {
    expect(text('README.txt')).toMatch(/^Evidence of a conformance run\n\nTHIS IS NOT NHS ASSURANCE\./);
    expect(text('README.txt')).toContain('TST-02  SHOULD  waived');
    expect(evidencePack(report)).toEqual(evidencePack(report));
  });
});
