import {
  InvalidReplyError,
  type JsonObject,
  type ReplyRequest,
  SeededRandom,
} from '../model/index.js'
import { isObject } from '../model/json-access.js'
import { hashNumber } from '../model/stable-hash.js'
import { drawInstance } from './draw-instance.js'
import { fitsSchema, unknownKeyword } from './fits-schema.js'

// A draw may miss where a schema says one thing twice, such as `anyOf` beside `maxLength`.
const MOST_DRAWS = 200

/** Writes replies by schema. Each is drawn from the seed, the schema and the request alone, whatever came before. */
export class SchemaReplies {
  readonly #seed: number
  readonly #checked = new WeakSet<object>()

  constructor(seed: number) {
    this.#seed = seed
  }

  /** @throws {InvalidReplyError} when it is no schema, uses what is not known here, or no instance of it is found. */
  check(where: string, schema: unknown): void {
    if (!isObject(schema)) throw new InvalidReplyError(where, 'a JSON schema, an object', schema)
    if (this.#checked.has(schema)) return
    const unknown = unknownKeyword(schema)
    if (unknown !== null) {
      const expected =
        'keywords that structured outputs know (or give a text or a function instead)'
      throw new InvalidReplyError(where, expected, unknown)
    }
    this.#draw(schema, 0)
    this.#checked.add(schema)
  }

  /** The reply to one request, as JSON text. */
  textFor(schema: JsonObject, request: ReplyRequest): string {
    const key = JSON.stringify([schema, request.params])
    return JSON.stringify(this.#draw(schema, hashNumber(key, this.#seed)))
  }

  #draw(schema: JsonObject, seed: number): unknown {
    const random = new SeededRandom(seed)
    for (let draws = 0; draws < MOST_DRAWS; draws++) {
      const value = drawInstance(schema, random)
      if (fitsSchema(value, schema)) return value
    }
    const expected = `a schema with an instance that ${MOST_DRAWS} draws find (else give a text)`
    throw new InvalidReplyError('reply schema', expected, schema)
  }
}
