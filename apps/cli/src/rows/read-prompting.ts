import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { openInputFile } from '../input/input-file.js'
import { needPlaceholder, parseTemplate } from './prompt-template.js'
import type { Prompting } from './prompted-rows.js'
import type { RowSettings } from './row-settings.js'
import { notUtf8 } from './utf8-lines.js'

/** What makes requests of rows, and the files that it was read from. */
export interface ReadPrompting {
  readonly prompting: Prompting
  /** Device and inode of each. */
  readonly identities: readonly string[]
}

/**
 * Reads prompt and system prompt.
 *
 * @param folder what paths in the rows are relative to.
 * @throws {InvalidInputError} when a file can't be read, is not UTF-8, or is no template.
 */
export async function readPrompting(settings: RowSettings, folder: string): Promise<ReadPrompting> {
  const { promptFile, systemFile, model, maxTokens, keyColumn, attach, kind } = settings
  const prompt = await readText(promptFile)
  const template = parseTemplate(promptFile, prompt.text)
  // Among documents there may be PDFs and pictures, which differ without it.
  if (kind !== 'documents' && attach === null) needPlaceholder(template)
  const system = systemFile === null ? null : await readText(systemFile)
  return {
    prompting: {
      template,
      model,
      maxTokens,
      system: system?.text ?? null,
      keyColumn,
      attach,
      folder,
    },
    identities: [prompt.identity, ...(system === null ? [] : [system.identity])],
  }
}

// Editors end a file with a line feed, and some begin it with a mark; neither is part of a prompt.
async function readText(path: string): Promise<{ text: string; identity: string }> {
  const { identity } = await openInputFile(path)
  const bytes = await readFile(path)
  if (!isUtf8(bytes)) throw notUtf8(path, null)
  const text = bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replace(/\r?\n$/, '')
  return { text, identity }
}
