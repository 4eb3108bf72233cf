import { parseArgs } from 'node:util';
import { FORMATS, type Format } from './print.ts';
import { checkReportFiles } from './report-files.ts';
import type { Level } from './requirement.ts';
import { UsageError } from './run-errors.ts';

export const HELP = `Judges a system by the requirements of this pattern; this project itself, where no target is named.
  --target <url>         base URL of the system
  --profile <file>       what the checks need to know of it, YAML or JSON
  --dialect <id>         how it speaks the pattern
  --min-level <level>    SHALL or SHOULD (as a rule): fail only on requirements of at least this level
  --min-index <percent>  fail where less than that of what is asked could be judged
  --waivers <file>       failures that may stand for now, each with a reason and an expiry, YAML or JSON
  --format <format>      table (as a rule), json, junit or html
  --output <file>        write the report there
  --report <file...>     write it there too, as the name ends: .html, .json, .xml (JUnit), .zip (evidence)
Exit codes: 0 passed, 1 failed, 2 usage, 3 unreachable, 4 nothing could be judged.
`;

export interface OwnArguments {
  readonly target?: string;
  readonly profile?: string;
  readonly dialect?: string;
  readonly minLevel: Level;
  readonly minIndex?: number;
  readonly waivers?: string;
  readonly format: Format;
  readonly output?: string;
  readonly report: readonly string[];
  readonly help: boolean;
}

const text = { type: 'string' } as const;
const OPTIONS = {
  target: text,
  profile: text,
  dialect: text,
  output: text,
  waivers: text,
  'min-level': { ...text, default: 'SHOULD' },
  'min-index': text,
  report: { ...text, multiple: true },
  format: { ...text, default: 'table' },
  help: { type: 'boolean' },
} as const;

/** Several files after one `--report` are as if it were repeated: an option ends them. */
const spread = (argv: readonly string[]): string[] => {
  const args: string[] = [];
  let files = 0;
  for (const [index, arg] of argv.entries()) {
    const isFile = !arg.startsWith('-') && argv[index - 1 - files] === '--report';
    files = isFile ? files + 1 : 0;
    args.push(...(files > 1 ? ['--report', arg] : [arg]));
  }
  return args;
};

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({ args: spread(argv), options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

/** Throws a UsageError for what cannot be asked. */
export const readArguments = (argv: readonly string[]): OwnArguments => {
  const { format: named, 'min-level': level, 'min-index': percent, report = [], help = false, ...rest } = parsed(argv);
  const format = FORMATS.find((one) => one === named);
  if (format === undefined) throw new UsageError(`--format is one of ${FORMATS.join(', ')}`);
  if (level !== 'SHALL' && level !== 'SHOULD') throw new UsageError('--min-level is SHALL or SHOULD');
  const minIndex = percent === undefined ? undefined : Number(percent);
  if (minIndex !== undefined && !(Number.isInteger(minIndex) && minIndex >= 0 && minIndex <= 100))
    throw new UsageError('--min-index is a whole number from 0 to 100');
  checkReportFiles(report);
  return { ...rest, format, minLevel: level, report, help, ...(minIndex === undefined ? {} : { minIndex }) };
};
