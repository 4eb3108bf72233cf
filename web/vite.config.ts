import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Everything is served from our own origin, and nothing is inlined: the pages run under a strict CSP. */
export default defineConfig({
  build: {
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
