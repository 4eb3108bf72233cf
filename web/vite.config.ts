import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Everything is served from our own origin, and nothing is inlined: the pages run under a strict CSP. */
export default defineConfig({
  // Who installs wants to know whether it worked, not which files it made.
  logLevel: 'warn',
  build: {
    rolldownOptions: { checks: { pluginTimings: false } },
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  css: {
    preprocessorOptions: { scss: { loadPaths: [fileURLToPath(new URL('../node_modules', import.meta.url))] } },
  },
});
