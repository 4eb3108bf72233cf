import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{sandbox,patterns,src,test,web}/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    ...(process.env.CI === 'true'
      ? { reporters: ['default', 'json'], outputFile: { json: 'dist/test-results.json' } }
      : {}),
  },
});
