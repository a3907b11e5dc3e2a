import { existsSync } from 'node:fs'
import { basename, relative, resolve } from 'node:path'
import { isPostgresUrl, storeText } from '@halfrate/runtime'
import { readEnvironment } from '../config.js'
import { shellWord } from '../screen/outcome-screen.js'

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

/** The command line that this process was called with, as a shell takes it; a password in it is left out. */
export function sameCommand(): string {
  return [selfCommand(), ...process.argv.slice(2).map(withoutPassword).map(shellWord)].join(' ')
}

/** The flag that leads another command to the same store, with a space before it; empty where it finds it by itself. */
export function storeFlag(store: string): string {
  if (store === resolve('halfrate.db')) return ''
  if (isPostgresUrl(store)) return ` --store ${shellWord(storeText(store))}`
  const near = relative(process.cwd(), store)
  return ` --store ${shellWord(near.startsWith('..') ? store : near)}`
}

function withoutPassword(word: string): string {
  const flag = /^--store=/.exec(word)?.[0] ?? ''
  return flag + storeText(word.slice(flag.length))
}
