// Remembers up to where our refs were found sound, so that the next look only costs what is new. A hint: lost, all is
// looked at once more.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Oid } from '../model/ids.ts'
import { replaceFile } from './own-tips.ts'

export interface Verified {
  readonly schema: 1
  readonly checkpoints?: Oid
  readonly notes?: Oid
}

const NOTHING: Verified = { schema: 1 }
const fileIn = (home: string): string => join(home, 'verified.json')

export function readVerified(home: string): Verified {
  try {
    const read = JSON.parse(readFileSync(fileIn(home), 'utf8')) as Verified
    return read.schema === 1 ? read : NOTHING
  } catch {
    return NOTHING
  }
}

/** Where init was never run, nothing is remembered. */
export function rememberVerified(home: string, verified: Verified): void {
  if (existsSync(home)) replaceFile(fileIn(home), `${JSON.stringify(verified)}\n`)
}
