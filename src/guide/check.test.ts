import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTree } from './check.ts';
import { loadTree, parseTree, TreeError } from './load.ts';

/** A small sound tree; each test breaks one thing of it. */
const sound = () => {
  const to = (where: Record<string, string>): Record<string, unknown> => ({
    basis: 'chapter',
    label: 'A label',
    because: 'A reason.',
    ...where,
  });
  const ask = (id: string, yes: Record<string, string>, no: Record<string, string>) => ({
    id,
    basis: 'chapter',
    text: 'A question?',
    short: 'Short?',
    answers: { yes: to(yes), no: to(no) } as Record<string, Record<string, unknown>>,
  });
  return {
    title: 'A tree',
    edition: { title: 'A book' } as Record<string, unknown>,
    start: 'A',
    questions: [ask('A', { question: 'B' }, { pattern: 'one' }), ask('B', { pattern: 'one' }, { pattern: 'two' })],
    outcomes: [
      { pattern: 'one', title: 'One' },
      { pattern: 'two', title: 'Two' },
    ],
    warnings: [] as Record<string, unknown>[],
  };
};
type Sound = ReturnType<typeof sound>;
const set = (tree: Sound, index: number, choice: string, where: Record<string, unknown>): void => {
  const answers = tree.questions[index]?.answers ?? {};
  const { question: _question, pattern: _pattern, ...rest } = answers[choice] ?? {};
  answers[choice] = { ...rest, ...where };
};

const broken: readonly [title: string, spoil: (tree: Sound) => void, at: string, detail: RegExp][] = [
  ['a dead end', (t) => set(t, 1, 'no', {}), '/questions/1/answers/no', /B no is a dead end/],
  [
    'both at once',
    (t) => set(t, 0, 'no', { question: 'B', pattern: 'one' }),
    '/questions/0/answers/no',
    /a question and a pattern/,
  ],
  [
    'an unknown question',
    (t) => set(t, 0, 'no', { question: 'C' }),
    '/questions/0/answers/no/question',
    /A no leads to C/,
  ],
  [
    'an outcome that is not listed',
    (t) => set(t, 0, 'no', { pattern: 'three' }),
    '/questions/0/answers/no/pattern',
    /three/,
  ],
  ['a cycle', (t) => set(t, 1, 'yes', { question: 'A' }), '/questions/1/answers', /A → B → A/],
  ['a question that leads to itself', (t) => set(t, 1, 'yes', { question: 'B' }), '/questions/1/answers', /B → B/],
  ['an unreachable question', (t) => set(t, 0, 'yes', { pattern: 'two' }), '/questions/1', /no answer leads to B/],
  ['an unreachable outcome', (t) => set(t, 1, 'no', { pattern: 'one' }), '/outcomes/1', /no answer leads to two/],
  ['an unknown start', (t) => Object.assign(t, { start: 'Z' }), '/start', /no question Z/],
  [
    'an unknown pattern',
    (t) => Object.assign(t.outcomes[1] ?? {}, { pattern: 'three' }),
    '/outcomes/1/pattern',
    /no pattern three; the patterns are one, two/,
  ],
  [
    'an answer beside yes and no',
    (t) => Object.assign(t.questions[0]?.answers ?? {}, { maybe: {} }),
    '/questions/0/answers/maybe',
    /maybe is not known here/,
  ],
  [
    'an answer that is missing',
    (t) => delete t.questions[0]?.answers.no,
    '/questions/0/answers/no',
    /expected a mapping, found nothing/,
  ],
  ['a question twice', (t) => t.questions.push(...sound().questions.slice(1)), '/questions/2', /B is there twice/],
  ['a member that is not known', (t) => Object.assign(t, { startt: 'A' }), '/startt', /startt is not known here/],
  [
    'a bad id',
    (t) => Object.assign(t.questions[0] ?? {}, { id: 'A 1' }),
    '/questions/0/id',
    /expected an id .*found "A 1"/,
  ],
  [
    'a bad basis',
    (t) => Object.assign(t.questions[0] ?? {}, { basis: 'mine' }),
    '/questions/0/basis',
    /chapter or inference, found "mine"/,
  ],
  ['an empty text', (t) => Object.assign(t.questions[0] ?? {}, { text: ' ' }), '/questions/0/text', /expected a text/],
  ['no questions', (t) => Object.assign(t, { questions: [] }), '/questions', /at least 1/],
  [
    'a warning about an unknown circumstance',
    (t) => t.warnings.push({ id: 'w', basis: 'chapter', text: 'W', when: { mood: 'bad' } }),
    '/warnings/0/when/mood',
    /mood is not known/,
  ],
  [
    'a warning about an unknown outcome',
    (t) => t.warnings.push({ id: 'w', basis: 'chapter', text: 'W', when: { outcome: ['x'] } }),
    '/warnings/0/when/outcome/0',
    /x is not listed/,
  ],
  [
    'a warning that names an unknown pattern',
    (t) => t.warnings.push({ id: 'w', basis: 'chapter', text: 'W', when: {}, pattern: 'x' }),
    '/warnings/0/pattern',
    /x is not listed/,
  ],
];

describe('the checker', () => {
  it('takes a sound tree', () => {
    expect(checkTree(sound(), ['one', 'two']).faults).toEqual([]);
  });

  it.each(broken)('refuses %s and names the place', (_title, spoil, at, detail) => {
    const tree = sound();
    spoil(tree);
    const { tree: none, faults } = checkTree(tree, ['one', 'two']);
    expect(none).toBeUndefined();
    expect(faults.filter((fault) => fault.at === at && detail.test(fault.detail))).not.toEqual([]);
  });

  it('reports every fault at once', () => {
    const tree = sound();
    set(tree, 0, 'no', {});
    set(tree, 1, 'no', { question: 'Z' });
    expect(checkTree(tree).faults.map((fault) => fault.at)).toEqual([
      '/questions/0/answers/no',
      '/questions/1/answers/no/question',
      '/outcomes/1',
    ]);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (data) => {
        expect(checkTree(data).faults.length).toBeGreaterThan(0);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (source) => {
        expect(parseTree(source).tree).toBeUndefined();
      }),
    );
  });

  it('says where a file is not YAML', () => {
    expect(parseTree('title: [').faults[0]?.at).toBe('line 1, column 9');
  });

  it.each([
    [
      'aliases that multiply',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'.replace(/./g, (c, i: number) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`)}]\n`)}`,
    ],
    ['nesting without end', '['.repeat(200_000)],
    ['an alias of nothing', 'title: *x'],
  ])('refuses %s', (_title, source) => {
    expect(parseTree(source).faults.length).toBeGreaterThan(0);
  });
});

describe('loading a tree file', () => {
  it('names the file and every place', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fingerpost-tree-'));
    try {
      const file = join(folder, 'own.yaml');
      await writeFile(file, JSON.stringify({ ...sound(), start: 'Z' }));
      const refused = await loadTree(file).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(refused).toBeInstanceOf(TreeError);
      expect(String(refused)).toContain(
        `${file} is not a usable decision tree:\n  /start: start: there is no question Z`,
      );
      await expect(loadTree(join(folder, 'none.yaml'))).rejects.toThrow(/ENOENT/);
      await writeFile(file, JSON.stringify(sound()));
      expect((await loadTree(file, ['one', 'two'])).title).toBe('A tree');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
