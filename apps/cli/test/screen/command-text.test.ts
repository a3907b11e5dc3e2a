import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EngineEvent } from '@halfrate/core'
import { expect, test } from 'vitest'
import { commandLines } from '../../src/screen/command-lines.js'
import { commandText, ledEvent } from '../../src/screen/command-text.js'
import { lineText } from '../../src/screen/line.js'
import { NOW } from './facts.js'

const SRC = join(import.meta.dirname, '../../src')

/** Where a command is named as a word of a sentence, or stands for a folder of its own: nothing there is to be typed as it is. */
const NAMED: readonly RegExp[] = [
  /^commands\/(?:help-text|add-commands|add-request-commands|add-queue-commands|init)\.ts$/,
  /--help\b/,
  /\(halfrate init\)/,
  /\(halfrate run fills the queue run\)/,
  /make one with halfrate run\./,
  // It is for those who have no store.
  /backup: halfrate salvage\./,
  /its first rows make it \(halfrate run, halfrate enqueue\)/,
  /as JSON Lines \(halfrate results\)/,
  /cat requests\.jsonl \| halfrate run/,
  /halfrate demo replaces the files/,
  // An audit reads files and opens no store.
  /halfrate audit (?:usage\.jsonl|-')/,
  /halfrate needs Node/,
  /-F _halfrate halfrate/,
]

test('every command that a text proposes leads to the same store', () => {
  const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  const lines = sources
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) =>
      readFileSync(join(SRC, name), 'utf8')
        .split('\n')
        .map((text) => ({ name, text })),
    )
  const bare = lines.filter(({ name, text }) => {
    const isCode = !/^\s*(?:\/\/|\*|\/\*)/.test(text)
    const isNamed = NAMED.some((known) => known.test(text) || known.test(name))
    return isCode && !isNamed && /\bhalfrate [a-z$]/.test(text)
  })
  expect(bare.filter(({ name }) => name !== join('screen', 'command-text.ts'))).toEqual([])
})

test('a command has the flag of its store behind it', () => {
  expect(commandText('resume --queue run', ' --store s.db')).toBe(
    'halfrate resume --queue run --store s.db',
  )
})

test('what an alarm says to type finds the store too', () => {
  const message =
    'Decide: halfrate decide 7 resend sends them again, halfrate decide 7 fail gives up.'
  const about = { submissionId: null, remoteId: null }
  const alarm: EngineEvent = { type: 'alarm', at: NOW, code: 'decision_needed', message, ...about }
  expect(ledEvent(alarm, ' --store s.db')).toMatchObject({
    message:
      'Decide: halfrate decide 7 resend --store s.db sends them again, halfrate decide 7 fail --store s.db gives up.',
  })
  expect(ledEvent(alarm, '')).toEqual(alarm)
})

test('a command to be copied stands in one line, however long it is', () => {
  const command = commandText(
    'run claims.jsonl -o out.jsonl',
    ` --store ${'claims/'.repeat(30)}s.db`,
  )
  expect(commandLines(command).map(lineText)).toEqual([`   ${command}`])
})
