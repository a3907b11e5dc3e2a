import { BlockList, isIP } from 'node:net'

type Range = readonly [network: string, prefix: number]

// Source: the IANA registries of special-purpose addresses, 2026-11-23.
const NEVER_4: readonly Range[] = [
  ['0.0.0.0', 8],
  // Link-local: where clouds answer with the keys of a machine.
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
const OWN_4: readonly Range[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
]
const NEVER_6: readonly Range[] = [
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  // What carries an address of version 4 in it could carry any of those above.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
]
const OWN_6: readonly Range[] = [
  ['::1', 128],
  ['100::', 64],
  ['100:0:0:1::', 64],
  ['2001:2::', 48],
  ['2001:10::', 28],
  ['2001:20::', 28],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fec0::', 10],
]

const never = listOf(NEVER_4, NEVER_6)
const own = listOf(OWN_4, OWN_6)
// Of the old form `::a.b.c.d`, but for `::` and `::1`, which are above.
const compatible = listOf([], [['::', 96]])

/**
 * Where an address leads: `public`, to the internet; `own`, to this machine or to a network of one's own; `never`, to nothing that a
 * webhook is for, such as a cloud's metadata. Text that is no address is `never`.
 */
export function reachOf(address: string): 'public' | 'own' | 'never' {
  const version = isIP(address)
  if (version === 0 || address.includes('%')) return 'never'
  // An IPv4 address inside of an IPv6 one is looked up among those of version 4.
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (never.check(address, family)) return 'never'
  if (own.check(address, family)) return 'own'
  return family === 'ipv6' && compatible.check(address, family) ? 'never' : 'public'
}

function listOf(four: readonly Range[], six: readonly Range[]): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of four) list.addSubnet(network, prefix, 'ipv4')
  for (const [network, prefix] of six) list.addSubnet(network, prefix, 'ipv6')
  return list
}
