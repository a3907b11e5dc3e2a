import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { askOnTerminal, isTerminal } from '../../src/preflight/ask-on-terminal.js'
import { NotSent } from '../../src/preflight/not-sent.js'

/** A terminal on which each line is typed once the question stands. */
function terminalOf(...lines: readonly (string | null)[]) {
  const input = new PassThrough()
  const output = new PassThrough()
  let shown = ''
  const left = [...lines]
  output.on('data', (piece: Buffer) => {
    shown += piece.toString()
    if (!piece.toString().includes('?')) return
    const line = left.shift()
    if (line === null) input.end()
    else if (line !== undefined) input.write(`${line}\n`)
  })
  return { input, output, shown: () => shown }
}

const never = new AbortController().signal

test.for([
  ['', true],
  ['y', true],
  ['Yes', true],
  ['n', false],
  [' NO ', false],
] as const)('%j is an answer', async ([line, said]) => {
  expect(await askOnTerminal('Send? ', terminalOf(line), never)).toBe(said)
})

test('it asks again until there is one', async () => {
  const terminal = terminalOf('perhaps', 'q', 'n')
  expect(await askOnTerminal('Send? ', terminal, never)).toBe(false)
  const told = ' y or Enter is yes, n is no.\n'
  expect(terminal.shown()).toBe(`Send? ${told}Send? ${told}Send? `)
})

test('the end of the input is no', async () => {
  expect(await askOnTerminal('Send? ', terminalOf(null), never)).toBe(false)
})

test('what was typed before the question stood is no answer', async () => {
  const terminal = terminalOf('n')
  terminal.input.write('\ny\n')
  expect(await askOnTerminal('Send? ', terminal, never)).toBe(false)
})

test('a signal ends it without an answer', async () => {
  const terminal = terminalOf()
  const interrupt = new AbortController()
  terminal.output.on('data', () => interrupt.abort())
  await expect(askOnTerminal('Send? ', terminal, interrupt.signal)).rejects.toEqual(
    new NotSent('unanswered'),
  )
})

test('only what is a terminal both ways can be asked on', () => {
  const { input, output } = terminalOf()
  expect(isTerminal({ input, output })).toBe(false)
  const there = { isTTY: true }
  const [tty, screen] = [Object.assign(input, there), Object.assign(output, there)]
  expect(isTerminal({ input: tty, output: screen })).toBe(true)
  expect(isTerminal({ input: tty, output: new PassThrough() })).toBe(false)
  expect(isTerminal({ input: new PassThrough(), output: screen })).toBe(false)
})
