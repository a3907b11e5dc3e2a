import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { type CommandResult, runCommand } from '../src/command.js'

const GUARD = pathToFileURL(join(import.meta.dirname, '../project/only-loopback.mjs')).href

function fetchGuarded(url: string): Promise<CommandResult> {
  const program = `console.log((await fetch('${url}')).status)`
  const command = [process.execPath, '--import', GUARD, '--input-type=module', '-e', program]
  return runCommand(command, { cwd: import.meta.dirname })
}

test('a guarded program reaches its own machine', async () => {
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(await fetchGuarded(`http://127.0.0.1:${port}`)).toMatchObject({ code: 0, stdout: '200\n' })
})

test.for(['http://192.0.2.1', 'https://example.com'])(
  'a guarded program that calls %s fails, and names it',
  async (url) => {
    const { code, stderr } = await fetchGuarded(url)
    expect(code).toBe(1)
    expect(stderr).toContain(`this must not need a network, and it calls ${new URL(url).hostname}`)
  },
)
