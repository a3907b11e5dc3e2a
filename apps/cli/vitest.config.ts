import { defineConfig } from 'vitest/config'

// Whole processes take their time on a small machine.
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 60_000 } })
