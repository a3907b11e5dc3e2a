import { existsSync } from 'node:fs'
import { basename, relative } from 'node:path'
import { isPostgresUrl, storeText } from '@halfrate/runtime'
import { readEnvironment } from '../config.js'
import { shellWord } from '../screen/outcome-screen.js'
import type { Place } from './store-options.js'

// More of them, as a shell makes of a pattern, are no command that anybody wants to read.
const MOST_FILES = 6
const NOTIFY = '--notify='

/**
 * How this program was called, so that a command which is shown can be typed: `halfrate`, `npx halfrate`, or in a clone the
 * path of its Node and its script.
 */
export function selfCommand(): string {
  const script = process.argv[1] ?? 'halfrate'
  if (!basename(script).endsWith('.js')) {
    return readEnvironment().isThroughNpx ? `npx ${basename(script)}` : basename(script)
  }
  const node = existsSync('node_modules/.bin/node') ? 'node_modules/.bin/node' : 'node'
  return `${node} ${shellWord(relative(process.cwd(), script))}`
}

/**
 * The command line that this process was called with, as a shell takes it. Passwords are left out, and so is the path of
 * an address that is told of the end, which is as good as one.
 *
 * @param options.without a flag that is not repeated.
 * @param options.replaced a flag that gets this `value` in place of the one that it was given, if any.
 * @param options.files names in it of which only the first and the last are repeated when they are many.
 */
export function sameCommand(
  options: {
    readonly without?: string
    readonly files?: readonly string[]
    readonly replaced?: string
    readonly value?: string
  } = {},
): string {
  const { without, files = [], replaced, value = '' } = options
  const hidden = new Set(files.length > MOST_FILES ? files.slice(1, -1) : [])
  const given = process.argv.slice(2).filter((word) => word !== without)
  const words = replaced === undefined ? given : withValue(given, replaced, value)
  const shown = words.flatMap((word, index) => {
    if (words[index - 1] === '--notify') return [shellWord(withoutPath(word))]
    if (!hidden.has(word)) return [shellWord(withoutSecret(word))]
    return word === files[1] ? ['…'] : []
  })
  return [selfCommand(), ...shown].join(' ')
}

/** The flag that leads another command to the same store, with a space before it; empty where it finds it by itself. */
export function storeFlag({ store, usualStore }: Pick<Place, 'store' | 'usualStore'>): string {
  if (store === usualStore) return ''
  if (isPostgresUrl(store)) return ` --store ${shellWord(storeText(store))}`
  const near = relative(process.cwd(), store)
  return ` --store ${shellWord(near.startsWith('..') ? store : near)}`
}

// A flag's value stands behind it or behind its `=`.
function withValue(words: readonly string[], flag: string, value: string): readonly string[] {
  const others = words.filter(
    (word, index) => word !== flag && words[index - 1] !== flag && !word.startsWith(`${flag}=`),
  )
  return [...others, flag, value]
}

function withoutSecret(word: string): string {
  if (word.startsWith(NOTIFY)) return NOTIFY + withoutPath(word.slice(NOTIFY.length))
  const flag = /^--store=/.exec(word)?.[0] ?? ''
  return flag + storeText(word.slice(flag.length))
}

function withoutPath(address: string): string {
  if (!URL.canParse(address)) return address
  const { origin, pathname } = new URL(address)
  return pathname === '/' ? address : `${origin}/…`
}
