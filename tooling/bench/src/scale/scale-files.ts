import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { benchFolder, textOf } from '../payload.js'

const LINES_PER_WRITE = 1_000
const BODY_BYTES = 200

/** The requests of a run of so many: bodies of 200 bytes, keys by chance. Made once. */
export async function scaleRequests(count: number): Promise<string> {
  const path = join(benchFolder(), `scale-${count}.jsonl`)
  if (existsSync(path)) return path
  const out = createWriteStream(`${path}.part`)
  for (let from = 0; from < count; from += LINES_PER_WRITE) {
    const lines: string[] = []
    for (let index = from; index < Math.min(count, from + LINES_PER_WRITE); index += 1) {
      lines.push(requestOf(index))
    }
    if (!out.write(`${lines.join('\n')}\n`)) await once(out, 'drain')
  }
  out.end()
  await finished(out)
  renameSync(`${path}.part`, path)
  return path
}

function requestOf(index: number): string {
  const text = textOf(`scale ${index}`, BODY_BYTES - 92)
  const params = `{"model":"claude-haiku-4-5","max_tokens":64,"messages":[{"role":"user","content":"${text}"}]}`
  return `{"custom_id":"${randomBytes(9).toString('base64url')}","params":${params}}`
}
