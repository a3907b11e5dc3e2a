import { textOfString } from '../intake/json-text.js'
import { ByteSource, endOfString } from '../intake/json-token.js'
import { type JsonFault, MemberSlicer } from '../intake/member-slicer.js'

/** Something in a price file that is wrong or odd. */
export interface PriceFileFault {
  /** From 1. */
  readonly line: number
  /** Names of the members on the way to it: the model's id, then what is in its row. Empty for the whole file. */
  readonly path: readonly string[]
  /** What was expected and what came. */
  readonly problem: string
}

const LINE_FEED = 0x0a

/** Tells where in the text of a JSON object its members stand. */
export class PriceFilePlaces {
  readonly #bytes: Uint8Array
  readonly #slicer = new MemberSlicer()

  constructor(text: string) {
    this.#bytes = new TextEncoder().encode(text)
  }

  /** Why the text is no JSON object, or which name stands twice in an object of it; null when it is fine. */
  fault(): PriceFileFault | null {
    const slicing = this.#slicer.slice(this.#bytes, 0, this.#bytes.length, null)
    if (slicing.type === 'sliced') return null
    const { fault } = slicing
    const problem = this.#problemOf(fault)
    return { line: this.#lineAt(fault.at), path: this.#pathOf(fault), problem }
  }

  /** The line of a member, or of the nearest around it that is there. */
  lineOf(path: readonly PropertyKey[]): number {
    let [start, end, found] = [0, this.#bytes.length, 0]
    for (const step of path) {
      const slicing = this.#slicer.slice(this.#bytes, start, end, null)
      const members = slicing.type === 'sliced' ? slicing.members : []
      const member = members.find(({ name }) => name === step)
      if (member === undefined) break
      found = member.start
      start = member.valueStart
      end = member.end
    }
    return this.#lineAt(found)
  }

  #lineAt(at: number): number {
    let line = 1
    for (let index = 0; index < at; index += 1) if (this.#bytes[index] === LINE_FEED) line += 1
    return line
  }

  #problemOf(fault: JsonFault): string {
    if (fault.type === 'duplicate_member') return 'expected every member once, got this one again'
    if (fault.type === 'too_deep') return 'expected few objects in each other, got too many'
    const expected = fault.type === 'bad_string' ? 'a text that is JSON' : fault.expected
    if (fault.at >= this.#bytes.length) return `expected ${expected}, got the end of the file`
    const rest = new TextDecoder().decode(this.#bytes.subarray(fault.at, fault.at + 80))
    const got = /^[\p{L}\p{N}_.+-]+/u.exec(rest)?.[0] ?? JSON.stringify([...rest][0] ?? '')
    return `expected ${expected}, got ${got}`
  }

  #pathOf({ path }: JsonFault): readonly string[] {
    const source = new ByteSource().turnTo(this.#bytes)
    return path.map((step) =>
      step < 0
        ? String(-1 - step)
        : textOfString(this.#bytes, step, endOfString(source, step, this.#bytes.length)),
    )
  }
}
