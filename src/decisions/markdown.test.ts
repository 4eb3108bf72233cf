import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { decide } from './decide.ts';
import type { Decision, DecisionRequest } from './decision.ts';
import { toMarkdown, toSection } from './markdown.ts';
import { plain, yamlText } from './markdown-text.ts';
import { request, twoQuestions } from './test/two-questions.ts';

const decision = (members: Partial<DecisionRequest> = {}, added: Partial<Decision> = {}): Decision => ({
  id: 'd-1',
  ...decide(twoQuestions, request(members)),
  recordedAt: '2026-11-22T10:00:00.000Z',
  ...added,
});
const headings = (markdown: string): string[] => markdown.split('\n').filter((line) => /^#+ /.test(line));

describe('a decision in Markdown', () => {
  it('has the headings of MADR, in order', () => {
    expect(headings(toMarkdown(decision()))).toEqual([
      '# How the two shall talk',
      '## Context and Problem Statement',
      '## Decision Drivers',
      '## Considered Options',
      '## Decision Outcome',
      '### Consequences',
      '### Confirmation',
      '## Pros and Cons of the Options',
      '### The left one (chosen)',
      '### The right one',
      '## More Information',
    ]);
  });

  it('says who decided and when, in front matter that YAML reads', () => {
    const text = toMarkdown(decision({ decidedBy: 'A: "B"\n---\nstatus: x' }));
    expect(parse(text.split('\n---\n')[0] ?? '')).toEqual({
      status: 'accepted',
      date: '2026-11-22',
      'decision-makers': 'A: "B"\n---\nstatus: x',
    });
  });

  it('gives answers with reasons, the outcome, the rejected options and why, warnings, links and the source', () => {
    const text = toMarkdown(
      decision(
        { reasons: { A: 'We know.' }, context: { batch: true, purpose: 'direct-care' }, solution: 'Shared care' },
        { status: 'superseded', supersededBy: 'd-2', sandboxes: ['s-1'], scaffolds: ['z-1'] },
      ),
      { right: { useWhen: ['It is far.'], avoidWhen: ['It is near.'] } },
    );
    for (const line of [
      'status: "superseded by d-2"',
      'Two systems have to talk to each other, in the solution *Shared care*. Which integration pattern fits?',
      '* A batch interface is intended.',
      '* **A** Is it A? **Yes, it is.** Reason: We know.',
      'Chosen option: “The left one”, because:',
      '* Bad, because: Avoid batch.',
      '* Neutral, because should the answer to A change to no, the next question would be: Is it B?',
      '* Bad, because A was answered “Yes, it is”, and this pattern needs “No, it is not”. It is so.',
      '* Good, when: It is far.',
      '* Bad, when: It is near.',
      '* Superseded by decision d-2',
      '* Sandbox made from it: s-1',
      '* Scaffold made from it: z-1',
      '* Source: *A \\[small\\] book*, chapter “One”, last edited 2026-01-01, <https://example.org/book>',
    ])
      expect(text.split('\n')).toContain(line);
  });

  it('is the same text for the same decision', () => {
    expect(toMarkdown(decision({ reasons: { A: 'x' } }))).toBe(toMarkdown(decision({ reasons: { A: 'x' } })));
  });

  it('is part of a longer text without front matter, as it was recorded, and names the command that it is given', () => {
    const since = { sandboxes: ['s-1'], scaffolds: ['p-1'], supersededBy: 'd-2' };
    const section = toSection(decision({ decidedBy: 'Ada' }, since), {}, 'check <it>');
    expect(section.split('\n').slice(0, 3)).toEqual([
      '# How the two shall talk',
      '',
      'Accepted on 2026-11-22, by Ada.',
    ]);
    expect(section).toBe(toSection(decision({ decidedBy: 'Ada' }), {}, 'check <it>'));
    expect(headings(section)).toEqual(headings(toMarkdown(decision())));
    expect(section).toContain('can be checked with `check <it>`');
    expect(section).not.toMatch(/fingerpost|^---$/im);
  });

  it('keeps its headings whatever the users wrote', () => {
    const text = fc
      .string({ unit: 'binary' })
      .filter((one) => one.trim() !== '' && one.isWellFormed() && !one.includes('\0'));
    fc.assert(
      fc.property(text, text, text, (title, solution, reason) => {
        const written = toMarkdown(decision({ title, solution, decidedBy: title, reasons: { A: reason } }));
        expect(headings(written).slice(1)).toEqual(headings(toMarkdown(decision())).slice(1));
        expect(written.split('\n').length).toBe(
          toMarkdown(decision({ solution: 's', decidedBy: 'd' })).split('\n').length,
        );
      }),
    );
  });
});

describe('what users wrote', () => {
  it.each([
    ['# Heading', '\\# Heading'],
    ['a\n# b', 'a \\# b'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['2.5 mg', '2\\.5 mg'],
    ['---', '\\---'],
    ['<script>alert(1)</script>', '\\<script\\>alert(1)\\</script\\>'],
    ['[x](javascript:y)', '\\[x\\](javascript:y)'],
    ['![x](y)', '!\\[x\\](y)'],
    ['&lt; &#60; a & b', '\\&lt; \\&\\#60; a & b'],
    ['`code` *b* _i_ ~s~ a|b', '\\`code\\` \\*b\\* \\_i\\_ \\~s\\~ a\\|b'],
    ['back\\slash', 'back\\\\slash'],
    ['see https://example.org or www.example.org', 'see https\\://example.org or www\\.example.org'],
    ['a@example.org', 'a\\@example.org'],
    ['left\u202eright\u2028next', 'leftright next'],
    ['Plain words, e.g. "these" - at 10:30; café.', 'Plain words, e.g. "these" - at 10:30; café.'],
  ])('%j shows as it is', (text, markdown) => {
    expect(plain(text)).toBe(markdown);
  });

  it('never leaves a character that could be markup without its backslash, nor a line end', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(plain(text).replace(/\\[!-/:-@[-`{-~]/g, ' ')).not.toMatch(/[\\`*_{}[\]<>#|~$@\n\r]|&[#\w]/);
      }),
    );
  });

  it('reads back from YAML as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parse(`a: ${yamlText(text)}`)).toEqual({ a: text });
        expect(yamlText(text)).not.toMatch(/[\n\r\u0085\u2028\u2029]/);
      }),
    );
  });
});
