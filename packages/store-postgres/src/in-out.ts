import type { OperatingStore, Store } from '@halfrate/core'

type Port = Store & OperatingStore

/** What a method of the port takes. */
export type In<Method extends keyof Port> = Port[Method] extends (params: infer P) => unknown
  ? P
  : never

/** What a method of the port answers. */
export type Out<Method extends keyof Port> = Port[Method] extends (...params: never[]) => infer R
  ? R
  : never
