import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { WorkerId } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { isDeadLocalWorker, localWorkerId, workerText } from '../src/local-worker.js'

const own = localWorkerId()
const [host = '', pid = '', start = ''] = own.split(':')
const id = (...parts: readonly string[]): WorkerId => parts.join(':') as WorkerId

describe('a worker of this host', () => {
  test('has the same name as long as its process lives', () => {
    expect(localWorkerId()).toBe(own)
    expect(Number(pid)).toBe(process.pid)
  })

  test('is not dead while its process lives', () => {
    expect(isDeadLocalWorker(own)).toBe(false)
  })

  test('is dead once its process is gone', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    expect(isDeadLocalWorker(id(host, String(child.pid), start))).toBe(true)
  })

  test.runIf(process.platform === 'linux')('is dead when another process has its number now', () =>
    expect(isDeadLocalWorker(id(host, pid, '1'))).toBe(true),
  )
})

test('a worker of another host, or of an unknown form, is never taken for dead', () => {
  expect(isDeadLocalWorker(id('elsewhere', '1', '1'))).toBe(false)
  expect(isDeadLocalWorker('batch-worker-7' as WorkerId)).toBe(false)
})

test('a worker is named for people by process and host', () => {
  expect(workerText(id('build-3~0a1b2c3d', '4711', '99'))).toBe('process 4711 on build-3')
  expect(workerText('batch-worker-7' as WorkerId)).toBe('batch-worker-7')
})
