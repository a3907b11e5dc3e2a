import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Files mostly wait: for commands that start, and for the emulator's clock. Each has folders and servers of its own,
    // so they wait side by side, also on a machine of two cores, where one file at a time would be the default.
    maxWorkers: 3,
  },
})
