import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { digestOf } from '../../src/input/input-file.js'
import { StdinInput, type StdinStream } from '../../src/input/stdin-input.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const never = new AbortController().signal

function stdinOf(text: string, rest: { readonly isTTY?: boolean } = {}): StdinStream {
  return Object.assign(Readable.from([Buffer.from(text)]), { fd: 0, ...rest })
}

test('a terminal is refused at once, with what to do instead', () => {
  const make = () => new StdinInput(stdinOf('', { isTTY: true }), '/no/store.db', never)
  expect(make).toThrow('stdin: expected requests, got a terminal.')
})

test('what came in can be read again and again, from a file that has no name', async () => {
  const folder = temporaryFolder()
  const input = new StdinInput(stdinOf('x'.repeat(600_000)), join(folder, 'halfrate.db'), never)
  const first = await digestOf(input)
  expect(readdirSync(folder)).toEqual([])
  expect(await digestOf(input)).toBe(first)
  await input.close()
})

test('a folder in which it can not be kept is named, with what to do instead', async () => {
  const folder = temporaryFolder()
  const store = join(folder, 'missing', 'halfrate.db')
  const input = new StdinInput(stdinOf('x'), store, never)
  await expect(digestOf(input)).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining(join(folder, 'missing')),
    nextStep: expect.stringContaining('save the input to a file'),
  })
})
