// Loaded before a program (`node --import`), this lets it and its children reach nothing but their own machine.
import { Socket } from 'node:net'

const connect = Socket.prototype.connect
const LOOPBACK = new Set([undefined, 'localhost', '127.0.0.1', '::1'])

Socket.prototype.connect = function (...args) {
  const given = Array.isArray(args[0]) ? args[0] : args
  const host = typeof given[0] === 'object' ? given[0].host : given[1]
  const isLocal = typeof host !== 'string' || LOOPBACK.has(host)
  if (!isLocal) throw new Error(`this must not need a network, and it calls ${host}`)
  return connect.apply(this, args)
}
