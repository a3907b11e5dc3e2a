import type { Store } from '@halfrate/core'

/** What a method of the port takes. */
export type In<Method extends keyof Store> = Store[Method] extends (params: infer P) => unknown
  ? P
  : never

/** What it answers. */
export type Out<Method extends keyof Store> = Store[Method] extends (...params: never[]) => infer R
  ? Awaited<R>
  : never
