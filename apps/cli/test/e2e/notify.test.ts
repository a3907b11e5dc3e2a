import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import {
  halfrate,
  requests,
  SPAN,
  startHalfrate,
  startTestEmulator,
  writeInput,
} from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

interface Told {
  readonly method: string | undefined
  readonly type: string | undefined
  readonly body: Readonly<Record<string, unknown>>
}

/** Something that is told, and answers with a status. */
async function listener(status: number) {
  const told: Told[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request) text += piece
    const { method, headers } = request
    told.push({ method, type: headers['content-type'], body: JSON.parse(text) })
    response.writeHead(status, { location: '/elsewhere' }).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { told, origin: `http://127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/hooks/s3cret` }
}

async function run(url: string, ...more: readonly string[]) {
  const cwd = temporaryFolder()
  const claude = await startTestEmulator()
  const input = writeInput(cwd, requests(2))
  const args = ['run', input, '-o', 'out.jsonl', '--notify', url, ...more, ...claude.flags]
  return await halfrate(args, { cwd })
}

test('the end is told once, as the report', async () => {
  const { told, origin, url } = await listener(204)
  const { code, stderr } = await run(url)
  expect(code, stderr).toBe(0)
  expect(stderr).toContain(`told ${origin} of the end\n`)
  expect(stderr).not.toContain('s3cret')
  expect(told).toEqual([
    {
      method: 'POST',
      type: 'application/json',
      body: expect.objectContaining({
        ...{ type: 'report', job: 'requests', total: 2, usable: 2, exit_code: 0 },
        text: expect.stringMatching(
          new RegExp(`^halfrate, job requests\\ndone in ${SPAN}: 2 usable`),
        ),
      }),
    },
  ])
})

test('for Slack it is a text and nothing else', async () => {
  const { told, url } = await listener(200)
  expect((await run(url, '--notify-format', 'slack')).code).toBe(0)
  expect(told.map(({ body }) => Object.keys(body))).toEqual([['text']])
})

test.for([
  [500, 'it answered 500'],
  [302, 'it answered 302'],
] as const)('an answer of %i is said and changes nothing', async ([status, problem]) => {
  const { told, origin, url } = await listener(status)
  const { code, stderr } = await run(url)
  expect(code).toBe(0)
  expect(stderr).toContain(`could not tell ${origin} of the end: ${problem}\n`)
  expect(told).toHaveLength(1)
})

test('the command that goes on after an interruption does not give the address away', async () => {
  const cwd = temporaryFolder()
  const claude = await startTestEmulator(['--turnaround', '20h'])
  const input = writeInput(cwd, requests(1))
  const flags = ['--notify', 'https://a.example/s3cret', '--notify-format=slack', ...claude.flags]
  const running = startHalfrate(['run', input, '-o', 'out.jsonl', ...flags], { cwd })
  await running.said(/1 row: at Claude/)
  running.child.kill('SIGINT')
  const { code, stderr } = await running.ended
  expect(code).toBe(130)
  expect(stderr).toContain(" --notify 'https://a.example/…' --notify-format=slack ")
  expect(stderr).not.toContain('s3cret')
})

test('an address where nobody is changes nothing either', async () => {
  const { code, stderr } = await run('http://127.0.0.1:9/hooks/s3cret')
  expect(code).toBe(0)
  expect(stderr).toMatch(/could not tell http:\/\/127\.0\.0\.1:9 of the end: \w+/)
})
