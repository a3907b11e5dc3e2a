// Where undici, which Node's fetch is made of, keeps what carries all calls; programs put proxies and the like there.
// Source: https://github.com/nodejs/undici, lib/global.js
const DISPATCHER = Symbol.for('undici.globalDispatcher.1')

const fetchAtFirst = globalThis.fetch

/**
 * Whether the global `fetch` goes the way that Node gives it: not replaced, and with no proxy, certificate or mock that
 * the program, or `NODE_USE_ENV_PROXY`, has put under it. In doubt it answers no.
 */
export function isFetchPlain(): boolean {
  if (globalThis.fetch !== fetchAtFirst) return false
  const dispatcher: unknown = Reflect.get(globalThis, DISPATCHER)
  // Made when fetch is first used.
  return dispatcher === undefined || isPlainAgent(dispatcher)
}

// What a program sets is an agent of another class, or one that was made with options, or one whose `dispatch` is not
// its class's own.
function isPlainAgent(dispatcher: unknown): boolean {
  if (typeof dispatcher !== 'object' || dispatcher === null) return false
  const shape: unknown = Object.getPrototypeOf(dispatcher)
  if (typeof shape !== 'object' || shape === null) return false
  const isOfClass =
    dispatcher.constructor.name === 'Agent' &&
    Reflect.get(dispatcher, 'dispatch') === Reflect.get(shape, 'dispatch')
  return isOfClass && hasNoOptions(dispatcher)
}

function hasNoOptions(agent: object): boolean {
  const key = Object.getOwnPropertySymbols(agent).find(
    ({ description }) => description === 'options',
  )
  const options: unknown = key === undefined ? null : Reflect.get(agent, key)
  return (
    typeof options === 'object' &&
    options !== null &&
    Object.values(options).every((value) => value === undefined || value === Infinity)
  )
}
