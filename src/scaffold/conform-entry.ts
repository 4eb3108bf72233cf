import { posix } from 'node:path';

/** Names of `checks.ts` and `checks-<name>.ts` among files, without their extension; the plain one first. */
const named = (files: readonly string[], name: string): readonly string[] =>
  files
    .map((file) => posix.basename(file))
    .filter((file) => file === `${name}.ts` || (file.startsWith(`${name}-`) && /^[a-z-]+\.ts$/.test(file)))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort((a, b) => (a === name ? -1 : b === name ? 1 : a < b ? -1 : 1));

export interface Judged {
  readonly pattern: string;
  /** Those in which it is judged, each by `own-seats/<dialect>.ts`. */
  readonly dialects: readonly string[];
  readonly overMllp: boolean;
  /** Of the pattern. */
  readonly files: readonly string[];
  textOf(file: string): string;
}

/** The files by which a project is judged, by name: nothing is loaded at a computed address. */
export const judgingFiles = ({ pattern, files, textOf }: Pick<Judged, 'pattern' | 'files' | 'textOf'>) => {
  const own = files.filter((file) => posix.dirname(file) === `patterns/${pattern}`);
  return {
    checks: named(own, 'checks'),
    // Beside the steps of a file of its own lie those that another imports, which export none.
    drives: named(own, 'drive').filter((file) =>
      /^export const drive\b/m.test(textOf(`patterns/${pattern}/${file}.ts`)),
    ),
  };
};

/** The project's `conform.ts`: what its pattern's folder has of checks, and how each dialect is judged. */
export const conform = (judged: Judged): string => {
  const { pattern, dialects, overMllp } = judged;
  const folder = `./patterns/${pattern}`;
  const { checks, drives } = judgingFiles(judged);
  const imports = [
    ...drives.map((file, index) => `import { drive as drive${index + 1} } from '${folder}/${file}.ts';`),
    `import { loadThisPattern } from '${folder}/loaded.ts';`,
    ...dialects.map((name, index) => `import { ownSeat as seat${index + 1} } from '${folder}/own-seats/${name}.ts';`),
    ...checks.map((file, index) => `import { checks as checks${index + 1} } from '${folder}/${file}.ts';`),
    ...(overMllp ? ["import { hl7Rules, runHl7Conformance } from './sandbox/conformance/hl7-run.ts';"] : []),
    "import { runOwnConformance } from './sandbox/conformance/own.ts';",
  ];
  return `import { argv, env } from 'node:process';
${imports.join('\n')}

/** Judges this project, or another system with --target. One more file of checks is one more line here. */
await runOwnConformance(argv.slice(2), {
  env,
  pattern: await loadThisPattern(),
  dialects: { ${dialects.map((name, index) => `'${name}': seat${index + 1}`).join(', ')} },
${overMllp ? '  hl7v2: { run: runHl7Conformance, rules: hl7Rules },\n' : ''}  requirements: new URL('${folder}/requirements.yaml', import.meta.url),
  checks: [${checks.map((_, index) => `...checks${index + 1}`).join(', ')}],
  drives: [${drives.map((_, index) => `drive${index + 1}`).join(', ')}],
});
`;
};
