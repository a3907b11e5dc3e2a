import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import type { WorkerId } from '@halfrate/core'

/**
 * Names this process among all that may work on a store: `host:pid:start`.
 *
 * `start` tells two processes apart that had the same pid one after the other.
 */
export function localWorkerId(): WorkerId {
  return `${localHost()}:${process.pid}:${processStart(process.pid) ?? 'unknown'}` as WorkerId
}

/**
 * Whether the worker of that id ran on this host and is surely gone, so that its leases need not be waited for.
 *
 * False for a worker of another host, for a living one, and whenever that can't be told.
 */
export function isDeadLocalWorker(workerId: WorkerId): boolean {
  const match = /^(.+):(\d+):([^:]+)$/.exec(workerId)
  if (match === null || match[1] !== localHost()) return false
  const pid = Number(match[2])
  if (!isRunning(pid)) return true
  const start = processStart(pid)
  return start !== null && match[3] !== 'unknown' && match[3] !== start
}

/** A worker's id for people: `process 4711 on build-3`; an id of another form as it is. */
export function workerText(workerId: WorkerId): string {
  const match = /^(.+?)(?:~[0-9a-f]+)?:(\d+):[^:]+$/.exec(workerId)
  return match === null ? workerId : `process ${match[2]} on ${match[1]}`
}

let host: string | null = null

// Two containers may share a host name and a disk, yet neither sees the other's processes. What tells them apart is
// the boot of the kernel and the name space of process ids.
function localHost(): string {
  host ??= `${hostname()}~${createHash('sha256').update(processSpace()).digest('hex').slice(0, 8)}`
  return host
}

function processSpace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return process.platform
  }
}

// Clock ticks from boot to the start of the process; null where the system does not show it.
function processStart(pid: number): string | null {
  return processStat(pid)?.start ?? null
}

function processStat(pid: number): { readonly state: string; readonly start: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name, in parentheses, may hold spaces; the state follows it, and the start 19 fields later.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', start: fields[19] ?? '' }
  } catch {
    return null
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // A process of another user is there, though it can't be signaled.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
  // A zombie takes signals, but runs no more.
  return processStat(pid)?.state !== 'Z'
}
