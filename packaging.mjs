// `npm pack` needs JavaScript, because Node strips no types under node_modules. `emit` writes it beside the sources before
// packing; `clean` removes it again, so that the checkout runs its TypeScript as before.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const emitted = ['sandbox', 'patterns', 'src']
  .flatMap((zone) => readdirSync(`${root}${zone}`, { recursive: true, withFileTypes: true }))
  .map((entry) => `${entry.parentPath}/${entry.name}`)
  .filter((path) => path.endsWith('.js') && existsSync(path.replace(/\.js$/, '.ts')));

switch (process.argv[2]) {
  case 'emit': {
    // npm publishes no lock file, and `fingerpost scaffold` cuts a project's out of ours.
    mkdirSync(`${root}dist`, { recursive: true });
    copyFileSync(`${root}package-lock.json`, `${root}dist/lock.json`);
    const { status } = spawnSync(
      process.execPath,
      [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.publish.json`],
      { stdio: 'inherit' },
    );
    process.exitCode = status ?? 1;
    break;
  }
  case 'clean':
    for (const path of emitted) rmSync(path);
    rmSync(`${root}dist/lock.json`, { force: true });
    break;
  default:
    console.error('packaging.mjs emit | clean');
    process.exitCode = 2;
}
