#!/usr/bin/env node
// Starts Fingerpost on a Node that runs TypeScript as it stands. Plain JavaScript that any Node since 18 can read, so that
// the wrong Node gets one readable line instead of a syntax error.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const major = (version) => Number(version.split('.')[0]);

const pinned = () => {
  try {
    const folder = dirname(module.createRequire(import.meta.url).resolve('node/package.json'));
    const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
};

if (major(process.versions.node) >= NEEDED) {
  // Started by the other half of this file: when that is killed, however roughly, this ends as if it had been told to.
  if (process.connected) {
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    process.channel?.unref();
  }
  // `.cache` beside the sources; where that cannot be written Node goes on without a cache.
  module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE ?? here('./.cache/compile'));
  // Node strips no types under node_modules: the published package carries JavaScript beside its sources.
  const packaged = here('.').replaceAll('\\', '/').includes('/node_modules/');
  const { main } = await import(packaged ? './src/cli/main.js' : './src/cli/main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else {
  const binary = pinned();
  if (binary === undefined) {
    console.error(
      `Fingerpost needs Node ${NEEDED} or later; this is ${process.version}. Run "npm ci", which brings one, and then "npm start".`,
    );
    process.exit(2);
  }
  const child = spawn(binary, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128);
  });
}
