import { readFileSync } from 'node:fs'
import { freePort } from '@halfrate/postgres-server'
import { expect, test } from 'vitest'

// Where Linux says which ports it hands out by itself, to servers that ask for any and to the near ends of connections.
function firstOfTheSystem(): number {
  return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0])
}

test.runIf(process.platform === 'linux')(
  'a port for a server that comes and goes is none that the system gives to somebody else meanwhile',
  async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()))
    expect(Math.max(...ports)).toBeLessThan(firstOfTheSystem())
    expect(new Set(ports).size).toBe(ports.length)
  },
)
