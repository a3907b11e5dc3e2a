import { writeFile } from 'node:fs/promises'
import type { FoundDocument } from './collect-documents.js'

const DEMO_MODEL = 'claude-haiku-4-5'

const SYSTEM =
  'You summarise documents of software packages. Answer with three sentences in plain English, whatever the language of the document: what the package does, who needs it, and how one begins.'

/** Writes a request for each document, one a line, as the Batches API takes them. */
export async function writeRequests(
  path: string,
  documents: readonly FoundDocument[],
): Promise<void> {
  const lines = documents.map(({ key, text }) =>
    JSON.stringify({
      key,
      params: {
        model: DEMO_MODEL,
        max_tokens: 300,
        system: SYSTEM,
        messages: [{ role: 'user', content: `Summarise this document.\n\n${text}` }],
      },
    }),
  )
  await writeFile(path, `${lines.join('\n')}\n`)
}
