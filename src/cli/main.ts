import { Command, CommanderError } from 'commander';
import { version } from './version.ts';

/** Each command in its own file, loaded only when it is the one that was asked for, so that `serve` starts fast. */
const COMMANDS = {
  serve: () => import('./serve.ts'),
  decide: () => import('./decide.ts'),
  draw: () => import('./draw.ts'),
  patterns: () => import('./patterns.ts'),
  sandbox: () => import('./sandbox.ts'),
  conform: () => import('./conform.ts'),
  hl7: () => import('./hl7.ts'),
  proxy: () => import('./proxy.ts'),
  scaffold: () => import('./scaffold.ts'),
} as const;

const isCommand = (name: string | undefined): name is keyof typeof COMMANDS =>
  name !== undefined && Object.hasOwn(COMMANDS, name);

/** Runs one command. Returns the exit code: 0 done, 2 asked wrongly, else what the command says of itself. */
export const main = async (argv: readonly string[]): Promise<number> => {
  const program = new Command('fingerpost')
    .description(
      'From seven questions about how two health systems should talk to a running, checked sandbox of the pattern that answers them.',
    )
    .version(version())
    .showHelpAfterError('(see --help)')
    .exitOverride();
  const asked = argv[0];
  const wanted = isCommand(asked) ? [COMMANDS[asked]] : Object.values(COMMANDS);
  for (const load of wanted) (await load()).register(program);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
};
