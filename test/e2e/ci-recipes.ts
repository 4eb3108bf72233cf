import { parse } from 'yaml';

export interface Recipe {
  readonly name: string;
  /** What it has a shell run, in order. */
  readonly commands: readonly string[];
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

/** Commands of a shell block: a line that ends with a backslash goes on. */
const linesOf = (text: string): readonly string[] =>
  text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const commandsOf = (language: string, text: string): Recipe => {
  if (language === 'sh') return { name: 'shell', commands: linesOf(text) };
  if (language === 'groovy') {
    const called = [...text.matchAll(/\bsh '''([\s\S]*?)'''|\bsh '([^'\n]*)'/g)];
    return { name: 'Jenkins', commands: called.flatMap(([, long, short = '']) => linesOf(long ?? short)) };
  }
  const document: unknown = parse(text);
  if (text.includes('.gitlab-ci.yml')) {
    const jobs = Object.values(document as Record<string, { readonly script: readonly string[] }>);
    return { name: 'GitLab', commands: jobs.flatMap(({ script }) => script) };
  }
  const steps = Object.values((document as Workflow).jobs).flatMap((job) => job.steps);
  return { name: 'GitHub Actions', commands: steps.flatMap(({ run }) => (run === undefined ? [] : [run])) };
};

/** The recipes of a README's section "In CI", as what each of these systems would run. */
export const ciRecipes = (readme: string): readonly Recipe[] => {
  const [, section = ''] = /### In CI\n([\s\S]*?)\nFor vitest/.exec(readme) ?? [];
  return [...section.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language = '', text = '']) =>
    commandsOf(language, text),
  );
};
