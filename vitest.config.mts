import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{sdk,core,native,test}/**/*.test.ts', 'plugins/*/src/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/lib/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A leaked loop device or process must not pass unseen as "it worked on the second try".
    retry: 0,
  },
});
