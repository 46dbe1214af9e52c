// The log of failures: hooks must not speak, so what goes wrong is written where `doctor` looks. Never throws.

import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Beyond this the older half of the log is dropped. */
const MAX_BYTES = 256 * 1024
const MAX_LINE = 2000

export interface LogPlace {
  /** `<common dir>/bitloops`. */
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: () => number
}

export type Log = (where: string, message: string) => void

/** A log that goes to `<home>/log` or, where that cannot be written, to the user's state folder. */
export const openLog = (place: LogPlace): Log => (where, message) => {
  const line = `${new Date(place.now()).toISOString()}\t${oneLine(where)}\t${oneLine(message)}\n`
  for (const path of logPaths(place.home, place.env)) {
    if (append(path, line, path === join(place.home, 'log'))) return
  }
}

/** Where failures may have been written, best place first. */
export function logPaths(home: string, env: LogPlace['env']): readonly string[] {
  const state = env['XDG_STATE_HOME'] || (env['HOME'] ? join(env['HOME'], '.local', 'state') : undefined)
  return [join(home, 'log'), ...(state === undefined ? [] : [join(state, 'git-bitloops', 'log')])]
}

function append(path: string, line: string, ours: boolean): boolean {
  try {
    // A repository that was never initialised, or was removed meanwhile, gets no folder from us.
    if (ours && !existsSync(dirname(path))) return false
    if (!ours) makeFolder(dirname(path))
    shorten(path)
    appendFileSync(path, line, { mode: 0o600 })
    return true
  } catch {
    return false
  }
}

/** Node's own recursive mkdir never ends where a parent cannot be made for want of a parent, as in /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

function shorten(path: string): void {
  if (!existsSync(path) || statSync(path).size < MAX_BYTES) return
  const kept = readFileSync(path).subarray(-MAX_BYTES / 2)
  writeFileSync(`${path}.new`, kept.subarray(kept.indexOf(10) + 1), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g
const oneLine = (text: string): string => text.replace(CONTROL, ' ').trim().slice(0, MAX_LINE)
