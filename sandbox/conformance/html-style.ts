import { createHash } from 'node:crypto';

/** Light and dark by what the reader's system prefers; on paper always light, and nothing scrolls. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b2928; --soft: #4b5d5b; --paper: #fff; --panel: #f3f6f4; --line: #c3cfca;
  --link: #0b5e57; --good: #0b5e46; --bad: #96200f; --warn: #6b4300; --quiet: #4b5d5b; --waived: #6a2f8a; --band: #123f3a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8efec; --soft: #acbdb8; --paper: #0f1716; --panel: #16211f; --line: #30413e;
  --link: #7fd6c6; --good: #8fe0b8; --bad: #ffb1a5; --warn: #f5cf87; --quiet: #acbdb8; --waived: #d9b3f2; --band: #79d0bf; } }
@media print { :root { color-scheme: light; --ink: #000; --soft: #333; --paper: #fff; --panel: #fff; --line: #888;
  --link: #000; --good: #0b5e46; --bad: #96200f; --warn: #6b4300; --quiet: #333; --waived: #6a2f8a; --band: #000; } }
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, "Segoe UI", Arial, sans-serif; }
body { margin: 0 auto; padding: 1.5rem clamp(0.75rem, 3vw, 2rem) 3rem; max-width: 70rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 .5rem; padding-top: .75rem; border-top: .5rem solid var(--band); font-size: 1.9rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.4rem; line-height: 1.25; }
h3 { margin: 0 0 .25rem; font-size: 1.1rem; }
p { margin: 0 0 .75rem; max-width: 45rem; }
a { color: var(--link); }
a:focus-visible, pre:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.notice { border-left: .4rem solid var(--warn); background: var(--panel); padding: .75rem 1rem; }
.soft { color: var(--soft); }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: 1rem; margin: 0; padding: 0; list-style: none; }
.numbers li { background: var(--panel); border: 1px solid var(--line); padding: .75rem 1rem; }
.numbers b { display: block; font-size: 1.9rem; line-height: 1.2; }
.numbers p { margin: .25rem 0 0; font-size: .9rem; color: var(--soft); }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .25rem 1rem; margin: 0 0 1rem; }
dt { color: var(--soft); } dd { margin: 0; min-width: 0; }
table { border-collapse: collapse; width: 100%; }
th[scope=row], td:nth-child(3) { white-space: nowrap; }
caption { text-align: left; color: var(--soft); padding-bottom: .25rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0; border-bottom: 1px solid var(--line); }
.tag { display: inline-block; padding: 0 .5rem; border: 2px solid currentColor; font-size: .85rem; font-weight: 700; white-space: nowrap; }
.pass { color: var(--good); } .fail, .error { color: var(--bad); } .skip { color: var(--warn); } .omit { color: var(--quiet); } .waived { color: var(--waived); }
section.one { border-top: 1px solid var(--line); padding: 1rem 0; }
.checks { margin: .5rem 0 0; padding: 0; list-style: none; }
.checks > li { margin-bottom: .75rem; padding-left: .9rem; border-left: .25rem solid var(--line); }
.checks p { margin: .1rem 0; }
pre { margin: .25rem 0 .75rem; padding: .6rem .75rem; background: var(--panel); border: 1px solid var(--line); white-space: pre-wrap;
  font: .85rem/1.45 ui-monospace, Consolas, "Liberation Mono", monospace; max-height: 26rem; overflow: auto; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; }
  table, caption, tbody, tr, td { display: block; } thead { position: absolute; clip-path: inset(50%); height: 1px; overflow: hidden; }
  tr { border-bottom: 1px solid var(--line); padding: .4rem 0; } td, th[scope=row] { display: inline-block; border: 0; padding: .1rem .6rem .1rem 0; } }
@media print { html { font-size: 10pt; } body { padding: 0; max-width: none; } pre { max-height: none; overflow: visible; }
  h2, h3 { break-after: avoid; } .checks > li, .numbers li { break-inside: avoid; } .new-page { break-before: page; } }
`;

/** What a page that is a report allows itself: its own style, by its hash, and nothing else. */
export const reportPolicy = (): string =>
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;
