import Database from 'better-sqlite3'
import { type Halfrate, type HalfrateQueue, openHalfrate, type Result } from 'halfrate'
import { z } from 'zod'

const Analysis = z.object({
  kind: z.enum(['water', 'fire', 'theft', 'other']).describe('What happened.'),
  missing: z.array(z.string()).describe('What the claimant has to send in yet.'),
})
type Analysis = z.infer<typeof Analysis>

export interface Claim {
  readonly id: string
  readonly text: string
}

// The application's own table. Until its answer comes home, a claim is pending.
const TABLE = `create table if not exists claims (
  id text primary key,
  text text not null,
  status text not null default 'pending' check (status in ('pending', 'analysed', 'for a person')),
  analysis text check (json_valid(analysis))
)`
const AT_NIGHT = { schedule: '0 2 * * *', timeZone: 'Europe/Berlin' } as const

/** The claims of an insurance, each of which is looked through in the next night. */
export class Claims {
  readonly #db: Database.Database
  readonly #queue: HalfrateQueue<Analysis>

  constructor(db: Database.Database, half: Halfrate) {
    db.exec(TABLE)
    this.#db = db
    this.#queue = half.queue('claims', { flush: AT_NIGHT, output: Analysis })
    this.#queue.onResult((result) => this.#save(result))
  }

  /** Takes a claim in. The same one again changes nothing. */
  async add({ id, text }: Claim): Promise<void> {
    this.#db
      .prepare('insert into claims (id, text) values (?, ?) on conflict do nothing')
      .run(id, text)
    await this.enqueuePending()
  }

  /** Enqueues every claim that is pending: at the start also those that were only written down when the program ended. */
  async enqueuePending(): Promise<void> {
    const pending = this.#db.prepare("select id, text from claims where status = 'pending'").all()
    const requests = (pending as Claim[]).map(({ id, text }) => {
      const messages = [{ role: 'user', content: `Look through this claim.\n\n${text}` }]
      return { key: id, params: { model: 'claude-haiku-4-5', max_tokens: 300, messages } }
    })
    await this.#queue.enqueueAll(requests)
  }

  // May come twice with the same result, and then writes the same.
  async #save(result: Result<Analysis>): Promise<void> {
    const isUsable = result.status === 'succeeded'
    this.#db
      .prepare('update claims set status = ?, analysis = ? where id = ?')
      .run(
        isUsable ? 'analysed' : 'for a person',
        JSON.stringify(isUsable ? result.output : { error: result.error.code }),
        result.key,
      )
  }
}

if (import.meta.main) {
  await using half = await openHalfrate({ store: './halfrate.db' })
  const claims = new Claims(new Database('./claims.db'), half)
  await claims.add({ id: 'claim-1', text: 'Water came through the ceiling on Sunday night.' })
  await half.finished()
}
