import { defineConfig, type QueueConfig } from 'halfrate'

const nightly: QueueConfig = { flushSchedule: '0 2 * * *', flushTimeZone: 'Europe/Berlin' }

export default defineConfig({
  store: './config.db',
  model: 'claude-haiku-4-5',
  maxTokens: 512,
  queues: { nightly, triage: { flushAge: '30m', maxFailures: 5 } },
})
