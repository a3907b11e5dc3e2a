import type { OperatingStore, Store } from '@halfrate/core'

type Port = Store & OperatingStore

/** What a method of the ports takes. */
export type In<Method extends keyof Port> = Port[Method] extends (params: infer P) => unknown
  ? P
  : never

/** What it answers. */
export type Out<Method extends keyof Port> = Port[Method] extends (...params: never[]) => infer R
  ? Awaited<R>
  : never
