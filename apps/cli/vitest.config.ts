import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Files mostly wait: for commands that start, and for the emulator's clock. Each has folders and servers of its own,
    // so they wait side by side, also on a machine of two cores, where one file at a time would be the default.
    maxWorkers: 3,
    // One test runs up to twenty commands, one after another. Each is a process, which starts in half a second, and in ten
    // where a machine has twenty times as much to do as it can.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
