import type { Decision, Edition, Option } from './decision.ts';
import { plain, yamlText } from './markdown-text.ts';

/** What the catalogue knows of a pattern that an architect weighs. */
export interface PatternFacts {
  readonly useWhen: readonly string[];
  readonly avoidWhen: readonly string[];
}

/** By pattern id; options that are not there are told by the answers alone. */
export type Catalogue = Readonly<Record<string, PatternFacts | undefined>>;

const CIRCUMSTANCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  purpose: { 'direct-care': 'The purpose is direct care.', 'secondary-use': 'The purpose is secondary use.' },
  providerAlwaysAvailable: {
    true: 'The provider is always available.',
    false: 'The provider is not always available.',
  },
  quickResponse: { true: 'A response can be returned quickly.', false: 'A response cannot be returned quickly.' },
  humanStep: {
    true: 'A person has to act before a request is really done.',
    false: 'Nobody has to act before a request is really done.',
  },
  batch: { true: 'A batch interface is intended.', false: 'No batch interface is intended.' },
};

const bullets = (lines: readonly string[]): string => lines.map((line) => `* ${line}`).join('\n');
/** Sentences of the guide come after "because", and begin with a capital there. */
const because = (kind: 'Good' | 'Bad' | 'Neutral', text: string): string => `${kind}, because: ${plain(text)}`;

/** A recorded decision, or one that is only drafted and so has no id. */
export type Draft = Omit<Decision, 'id'> & { readonly id?: string };

const frontMatter = (decision: Draft): string => {
  const { status, supersededBy, recordedAt, decidedBy } = decision;
  const now = status === 'superseded' ? `superseded by ${supersededBy}` : status;
  const lines = [`status: ${yamlText(now)}`, `date: ${recordedAt.slice(0, 10)}`];
  if (decidedBy !== undefined) lines.push(`decision-makers: ${yamlText(decidedBy)}`);
  return `---\n${lines.join('\n')}\n---`;
};

const problemStatement = ({ solution, context = {} }: Draft): string => {
  const whose = solution === undefined ? '' : `, in the solution *${plain(solution)}*`;
  const circumstances = Object.entries(context).map(([key, value]) => CIRCUMSTANCES[key]?.[String(value)] ?? '');
  const question = `Two systems have to talk to each other${whose}. Which integration pattern fits?`;
  return circumstances.length === 0 ? question : `${question}\n\n${bullets(circumstances)}`;
};

const drivers = ({ route, reasons = {} }: Draft): string =>
  bullets(
    route.map(({ question, text, label }) => {
      const reason = Object.hasOwn(reasons, question) ? reasons[question] : undefined;
      const why = reason === undefined ? 'No reason was recorded.' : `Reason: ${plain(reason)}`;
      return `**${plain(question)}** ${plain(text)} **${plain(label)}.** ${why}`;
    }),
  );

const consequences = ({ warnings, alternatives }: Draft): string =>
  bullets([
    ...warnings.map(({ text, basis }) => because('Bad', basis === 'inference' ? `${text} (Our inference.)` : text)),
    ...(warnings.length === 0 ? ['Neutral, because the guide has no warnings for these answers.'] : []),
    ...alternatives.map(({ change, title, pattern }) => {
      const [[question, answer] = ['', '']] = Object.entries(change);
      const led =
        pattern === undefined ? `the next question would be: ${plain(title)}` : `the pattern would be ${plain(title)}`;
      return `Neutral, because should the answer to ${plain(question)} change to ${plain(answer)}, ${led}`;
    }),
  ]);

const prosAndCons = (option: Option, decision: Draft, facts: PatternFacts | undefined): string => {
  const { parted } = option;
  const lines = option.chosen
    ? [
        ...decision.outcome.because.map((text) => because('Good', text)),
        ...decision.warnings.map(({ text }) => because('Bad', text)),
      ]
    : [];
  if (parted !== undefined)
    lines.push(
      `Bad, because ${plain(parted.question)} was answered “${plain(parted.answered)}”, and this pattern needs “${plain(parted.needed)}”. ${plain(parted.because)}`,
    );
  for (const text of facts?.useWhen ?? []) lines.push(`Good, when: ${plain(text)}`);
  for (const text of facts?.avoidWhen ?? []) lines.push(`Bad, when: ${plain(text)}`);
  return `### ${plain(option.title)}${option.chosen ? ' (chosen)' : ''}\n\n${bullets(lines)}`;
};

const source = ({ title, chapter, edited, url }: Edition): string => {
  const parts = [`*${plain(title)}*`];
  if (chapter !== undefined) parts.push(`chapter “${plain(chapter)}”`);
  if (edited !== undefined) parts.push(`last edited ${plain(edited)}`);
  if (url !== undefined) parts.push(/^https?:\/\/[^\s<>\\]+$/.test(url) ? `<${url}>` : plain(url));
  return `Source: ${parts.join(', ')}`;
};

/** Who tells of a decision: by what it was made, if that is said, and how systems are checked there. */
interface Teller {
  readonly by: string;
  readonly check: string;
}

const moreInformation = (decision: Draft, { by }: Teller): string => {
  const { id, recordedAt, supersedes, supersededBy, sandboxes = [], scaffolds = [] } = decision;
  return bullets([
    id === undefined
      ? `A draft of ${recordedAt}, made${by} and not recorded.`
      : `Decision ${plain(id)}, recorded ${recordedAt}${by}. What it holds is not changed afterwards.`,
    ...(supersedes === undefined ? [] : [`Supersedes decision ${plain(supersedes)}`]),
    ...(supersededBy === undefined ? [] : [`Superseded by decision ${plain(supersededBy)}`]),
    ...sandboxes.map((one) => `Sandbox made from it: ${plain(one)}`),
    ...scaffolds.map((one) => `Scaffold made from it: ${plain(one)}`),
    source(decision.edition),
    'What is marked “Our inference” goes beyond the source. This is not NHS England’s assurance.',
  ]);
};

const told = (decision: Draft, catalogue: Catalogue, teller: Teller): readonly string[] => {
  const { outcome, options } = decision;
  return [
    '## Context and Problem Statement',
    problemStatement(decision),
    '## Decision Drivers',
    drivers(decision),
    '## Considered Options',
    bullets(options.map((option) => plain(option.title))),
    '## Decision Outcome',
    `Chosen option: “${plain(outcome.title)}”, because:`,
    bullets(outcome.because.map(plain)),
    '### Consequences',
    consequences(decision),
    '### Confirmation',
    `The systems that implement it can be checked with \`${teller.check}\`, and tried against a sandbox of the pattern before that.`,
    '## Pros and Cons of the Options',
    ...options.map((option) =>
      prosAndCons(option, decision, Object.hasOwn(catalogue, option.pattern) ? catalogue[option.pattern] : undefined),
    ),
    '## More Information',
    moreInformation(decision, teller),
  ];
};

/**
 * The decision as an architecture decision record with the headings of MADR 4. Deterministic. What users wrote shows as they
 * wrote it and is never markup.
 */
export const toMarkdown = (decision: Draft, catalogue: Catalogue = {}): string => {
  const check = `fingerpost conform --pattern ${decision.outcome.pattern} --target <URL>`;
  const sections = told(decision, catalogue, { by: ' with Fingerpost', check });
  return `${[frontMatter(decision), `# ${plain(decision.title)}`, ...sections].join('\n\n')}\n`;
};

/**
 * The same as a part of a longer text, such as the README of a project that is made from it: without front matter, and without
 * what became of the decision later, so that another project made from it has the same bytes. `check` is the command there.
 */
export const toSection = (decision: Decision, catalogue: Catalogue, check: string): string => {
  const { sandboxes: _sandboxes, scaffolds: _scaffolds, supersededBy: _by, ...recorded } = decision;
  const { title, status, recordedAt, decidedBy } = recorded;
  const who = decidedBy === undefined ? '' : `, by ${plain(decidedBy)}`;
  const head = `${status[0]?.toUpperCase()}${status.slice(1)} on ${recordedAt.slice(0, 10)}${who}.`;
  return [`# ${plain(title)}`, head, ...told(recorded, catalogue, { by: '', check })].join('\n\n');
};
