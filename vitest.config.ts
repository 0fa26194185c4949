import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Two workers: the suites start real servers and stores, more would measure the machine and not the code.
    maxWorkers: 2,
  },
});
