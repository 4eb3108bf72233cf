import { stringify } from 'yaml';
import type { Ask, Facts } from './ask.ts';
import { engines, usesEngines } from './engines.ts';

const demote = (markdown: string): string => markdown.replace(/^#/gm, '##').trim();

const running = (ask: Ask): string =>
  usesEngines(ask)
    ? `docker compose up -d --wait   # the engines; .env says where they are\nset -a; . ./.env; set +a\nnpm ci && npm start`
    : 'npm ci && npm start';

const CONFORM =
  'npm run conform    # judges this project by the requirements below; --target URL judges another system\n';

const judged = (ask: Ask): string =>
  `\n\`npm run conform\` judges it in memory${
    usesEngines(ask)
      ? ', or on the engines that `STORE_URL` and `BROKER_URL` name, in a schema and queues of its own'
      : ''
  }. It ends with 0 passed, 1 failed, 2 usage, 3 unreachable, 4 nothing could be judged. This is not assurance by NHS England or by anybody else.\n`;

/** The project's README: what it is, how it is run, what it has to keep, and why it is this pattern. */
export const readme = (ask: Ask, facts: Facts, version: string): string => {
  const { title, summary, requirements } = facts;
  const judgesItself = facts.judged.length > 0;
  const rows = requirements.map(
    ({ id, level, statement }) =>
      `| ${id} | ${level} | ${statement.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim()} |`,
  );
  const others = ask.dialect === undefined ? '' : ', also of dialects that are not in this project';
  const why = ask.decision === undefined ? '' : `\n## Why this pattern\n\n${demote(ask.decision.markdown)}\n`;
  return `# ${title}

${summary.replace(/\s+/g, ' ').trim()}

Made by Fingerpost ${version} from its pattern \`${ask.pattern}\`. It is yours now: change what you like, and let the checks say what still holds.

## Run it

\`\`\`
${running(ask)}
\`\`\`

It listens on loopback, prints the base address of each dialect (${facts.spoken
    .map((one) => `\`${one}\``)
    .join(', ')}), and keeps what it is told in ${
    ask.store.compose === undefined ? '`data/`' : ask.store.title
  }. Synthetic people only. \`PORT\`, \`HOST\`, \`STORE_URL\`, ${ask.broker.compose === undefined ? '' : '`BROKER_URL`, '}${facts.overMllp ? '`MLLP_PORTS`, ' : ''}\`ALLOW_REAL_NHS_NUMBERS\` and \`LOG_LEVEL\` are read from the environment; a \`HOST\` beyond loopback needs \`OPEN_CREATION=true\` beside it, for whoever reaches it may do all that there is.

## Change it

| where | what |
|---|---|
| \`patterns/${ask.pattern}/\` | the pattern: what each participant does, its lessons, its requirements and their checks, its tests. Its own README says more${others} |
| \`sandbox/\` | what it runs on: HTTP, FHIR, messages, stores |
| \`openapi/\` | its contracts: what is served is what is written there |

\`\`\`
npm test           # types, and the pattern's own tests
${judgesItself ? CONFORM : ''}\`\`\`
${judgesItself ? judged(ask) : ''}
## What it has to keep

| id | level | |
|---|---|---|
${rows.join('\n')}
${why}`;
};

/** What was asked, so that it can be asked again; and the hash of each file as it was written. */
export const origin = (ask: Ask, version: string, hashes: Readonly<Record<string, string>>): string =>
  stringify({
    version,
    pattern: ask.pattern,
    ...(ask.dialect === undefined ? {} : { dialect: ask.dialect }),
    store: ask.store.id,
    broker: ask.broker.id,
    ...(ask.decision === undefined ? {} : { decision: ask.decision.id, answers: ask.decision.answers }),
    files: hashes,
  });

const JUDGE = 'npm run --silent conform -- --format junit --output conformance.xml';
const UPLOAD = [
  { uses: 'actions/upload-artifact@v4', if: 'always()', with: { name: 'conformance', path: 'conformance.xml' } },
];

/** Tests are on the embedded engines; judged is on those that it is for. */
const judging = (ask: Ask): readonly object[] =>
  usesEngines(ask)
    ? [{ run: 'docker compose up -d --wait' }, { run: `set -a; . ./.env; set +a\n${JUDGE}\n` }, ...UPLOAD]
    : [{ run: JUDGE }, ...UPLOAD];

const workflow = (ask: Ask, { judged }: Facts): object => ({
  name: 'conformance',
  on: { push: {}, pull_request: {} },
  jobs: {
    conformance: {
      'runs-on': 'ubuntu-latest',
      steps: [
        { uses: 'actions/checkout@v4' },
        { uses: 'actions/setup-node@v4', with: { 'node-version': 24 } },
        { run: 'npm ci' },
        { run: 'npm test' },
        ...(judged.length > 0 ? judging(ask) : []),
      ],
    },
  },
});

const TSCONFIG = {
  compilerOptions: {
    target: 'es2025',
    lib: ['es2025', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node', 'fhir'],
    noEmit: true,
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  },
  include: ['conform.ts', 'sandbox', 'patterns'],
};

const VITEST = `import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { pool: 'forks', include: ['patterns/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 60_000 },
});
`;

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** What a project has beside our files and package.json: the same for all but for the engines. */
export const surroundings = (ask: Ask, facts: Facts): Readonly<Record<string, string>> => ({
  ...engines(ask),
  '.github/workflows/conformance.yml': stringify(workflow(ask, facts)),
  '.gitignore': 'node_modules/\ndata/\nconformance.xml\n',
  'tsconfig.json': json(TSCONFIG),
  'vitest.config.ts': VITEST,
});
