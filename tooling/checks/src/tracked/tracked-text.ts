/** A place in a tracked file that says something which must not be published. */
export interface TextFinding {
  /** Path from the root. */
  path: string
  /** Line, from 1. */
  line: number
  /** What is wrong with it. */
  reason: string
}

interface Ban {
  reason: string
  pattern: RegExp
  /** Which files it is for; all when absent. */
  only?: RegExp
}

// The patterns are written so that none of them is found in this file.
const BANS: readonly Ban[] = [
  {
    reason: 'names a package registry; installs must work with whichever one a user has',
    pattern:
      /\bregistry\.[a-z0-9-]+\.[a-z]{2,}\b|[a-z0-9-]+:\/\/[^\s/"']*registry|\bregistry"?\s*[=:]\s*["']?http/i,
  },
  {
    reason: 'holds an address; a lockfile has names, versions and hashes only',
    // A deprecation note is its author's prose and may well hold an address.
    pattern: /^(?!\s*deprecated:).*https?:\/\//i,
    only: /(^|\/)(pnpm-lock\.yaml|package-lock\.json|yarn\.lock)$/,
  },
  {
    reason: "names an absolute path of somebody's machine",
    pattern: /(?<![\w.)\]}-])\/(?:home|root|Users|work|workspaces?|builds?|farm|srv)\/[\w.-]/,
  },
  {
    reason: 'names a host of an internal network',
    pattern: /[a-z0-9-]+:\/\/[^\s/"'`]+\.(?:intranet|corp|lan)\b/i,
  },
  {
    reason: 'leaves work undone in words; do it or open an issue',
    pattern: /\b(?:TO[D]O|FIX[M]E)\b/,
    only: /\.(ts|tsx|mts|js|mjs|cjs|md|json|ya?ml|sh|sql|html|css)$|^\.ci\//,
  },
]

/**
 * Finds what must not stand in a published file: hosts and paths of the place it was written at, and undone work in words.
 *
 * @param path path of the file from the root; it decides which bans are for it.
 * @param text the file's text.
 */
export function bannedText(path: string, text: string): readonly TextFinding[] {
  const bans = BANS.filter(({ only }) => only === undefined || only.test(path))
  return text
    .split('\n')
    .flatMap((line, index) =>
      bans
        .filter(({ pattern }) => pattern.test(line))
        .map(({ reason }) => ({ path, line: index + 1, reason })),
    )
}
