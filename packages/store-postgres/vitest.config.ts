import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    // Each file has a database of its own, and waits half of its time for the server.
    maxWorkers: 2,
  },
})
