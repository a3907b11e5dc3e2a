/**
 * A store of Halfrate on Redis, whole, from what core exports: an example to read and to copy. Start in README.md.
 */
export { openRedisStore, type RedisStoreOptions } from './open-redis-store.js'
