import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { cleanCommit } from '../../src/tally/clean-commit.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfrate-commit-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function git(...args: readonly string[]): string {
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.com']
  return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
}

it('names the commit as long as no file that it knows was changed', () => {
  expect(() => cleanCommit(folder)).toThrow("Git can't tell which")
  git('init', '-q')
  writeFileSync(join(folder, 'a.txt'), '1')
  git('add', '.')
  git('commit', '-qm', 'one')
  writeFileSync(join(folder, 'new.txt'), 'nobody knows it')
  expect(cleanCommit(folder)).toBe(git('rev-parse', 'HEAD').trim())
  writeFileSync(join(folder, 'a.txt'), '2')
  expect(() => cleanCommit(folder)).toThrow('a.txt')
})
