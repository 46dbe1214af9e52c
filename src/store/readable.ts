// Looks at files and folders that may not be there, or not be ours to read: nothing is an answer, too.

import { readFileSync, readdirSync, statSync } from 'node:fs'

/** The text of a file; empty where it cannot be read or is larger than it may be. */
export function readText(path: string, maxBytes = Number.POSITIVE_INFINITY): string {
  try {
    return statSync(path).size > maxBytes ? '' : readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
