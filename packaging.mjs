// `npm pack` needs JavaScript, because Node strips no types under node_modules. `emit` writes it beside the sources before
// packing; `clean` removes it again, so that the checkout runs its TypeScript as before. `parse` parses once, where they are
// installed, the contracts and what else is read at each start: src/catalogue-contracts.ts finds them by the hash of their text.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('.', import.meta.url));
const emitted = ['sandbox', 'patterns', 'src']
  .flatMap((zone) => readdirSync(`${root}${zone}`, { recursive: true, withFileTypes: true }))
  .map((entry) => `${entry.parentPath}/${entry.name}`)
  .filter((path) => path.endsWith('.js') && existsSync(path.replace(/\.js$/, '.ts')));

const read = [
  ...['openapi/', 'sandbox/dialects/'].flatMap((folder) =>
    readdirSync(`${root}${folder}`).map((file) => `${root}${folder}${file}`),
  ),
  ...readdirSync(`${root}patterns`).map((id) => `${root}patterns/${id}/pattern.yaml`),
].filter((path) => path.endsWith('.yaml') && existsSync(path));

switch (process.argv[2]) {
  case 'parse':
    rmSync(`${root}dist/parsed`, { recursive: true, force: true });
    mkdirSync(`${root}dist/parsed`, { recursive: true });
    for (const path of read) {
      const text = readFileSync(path, 'utf8');
      const hash = createHash('sha256').update(text).digest('hex');
      writeFileSync(`${root}dist/parsed/${hash}.json`, JSON.stringify(parse(text)));
    }
    break;
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
    console.error('packaging.mjs emit | clean | parse');
    process.exitCode = 2;
}
