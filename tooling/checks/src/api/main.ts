import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiPages } from './check-api.js'

// Writes the page of every published package anew. This file runs from tooling/checks/dist/api.
const root = join(import.meta.dirname, '../../../..')
for (const { path, text } of apiPages(root)) {
  writeFileSync(join(root, path), text)
  console.log(`${path}: ${text.split('\n').length - 1} lines`)
}
