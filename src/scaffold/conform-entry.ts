import { posix } from 'node:path';

/** Names of `checks.ts` and `checks-<name>.ts` among files, without their extension; the plain one first. */
const named = (files: readonly string[], name: string): readonly string[] =>
  files
    .map((file) => posix.basename(file))
    .filter((file) => file === `${name}.ts` || (file.startsWith(`${name}-`) && /^[a-z-]+\.ts$/.test(file)))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort((a, b) => (a === name ? -1 : b === name ? 1 : a < b ? -1 : 1));

/**
 * The project's `conform.ts`: what its pattern's folder has of checks, by name, so that nothing is loaded at a computed address.
 * `files` are those of the pattern.
 */
export const conform = (pattern: string, files: readonly string[], textOf: (file: string) => string): string => {
  const folder = `./patterns/${pattern}`;
  const own = files.filter((file) => posix.dirname(file) === `patterns/${pattern}`);
  const checks = named(own, 'checks');
  // Beside the steps of a file of its own lie those that another imports, which export none.
  const drives = named(own, 'drive').filter((file) =>
    /^export const drive\b/m.test(textOf(`patterns/${pattern}/${file}.ts`)),
  );
  return `import { argv, env } from 'node:process';
${drives.map((file, index) => `import { drive as drive${index + 1} } from '${folder}/${file}.ts';`).join('\n')}
import { loadThisPattern } from '${folder}/loaded.ts';
import { ownSeats } from '${folder}/own-seats.ts';
${checks.map((file, index) => `import { checks as checks${index + 1} } from '${folder}/${file}.ts';`).join('\n')}
import { runOwnConformance } from './sandbox/conformance/own.ts';

/** Judges this project, or another system with --target. One more file of checks is one more line here. */
await runOwnConformance(argv.slice(2), {
  ...ownSeats,
  env,
  pattern: loadThisPattern(),
  requirements: new URL('${folder}/requirements.yaml', import.meta.url),
  checks: [${checks.map((_, index) => `...checks${index + 1}`).join(', ')}],
  drives: [${drives.map((_, index) => `drive${index + 1}`).join(', ')}],
});
`;
};
