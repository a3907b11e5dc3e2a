import { spawnSync } from 'node:child_process'

/** What starts a command without root's right to read and write everything; nothing for other users, who lack it. */
export function withoutPrivileges(): readonly string[] | undefined {
  if (process.getuid?.() !== 0) return undefined
  return ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--inh-caps', '-all']
}

/**
 * What starts a command that sees a disk of 1 MB in a folder of its own, which is gone when it ends. Null where this
 * machine lets nobody mount.
 */
export function smallDisk(folder: string): readonly string[] | null {
  const mount = `mount -t tmpfs -o size=1m none ${folder} && exec "$@"`
  const words = ['unshare', '--map-root-user', '--mount', 'sh', '-c', mount, 'sh']
  const probe = ['unshare', '--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'none', '/tmp']
  return spawnSync(probe[0] ?? '', probe.slice(1)).status === 0 ? words : null
}
