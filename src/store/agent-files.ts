// The files in which agents keep their sessions, where we put one back. Nothing that is there is ever lost: what gives
// way is kept as a copy beside it.

import {
  chmodSync, constants, copyFileSync, existsSync, linkSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { BitloopsError } from '../errors.ts'
import type { AgentAdapter } from '../agents/agent.ts'
import { newestIn } from '../agents/resume.ts'
import type { AgentResume, RestoredFile } from '../agents/resume.ts'
import type { Millis } from '../model/event.ts'
import type { SessionId } from '../model/ids.ts'
import type { TranscriptFacts } from '../model/resume.ts'

/** The text of a regular file; undefined where there is none. Throws `unsafe-file` for anything else of that name. */
export function readAgentFile(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  if (!found.isFile()) {
    throw new BitloopsError('unsafe-file', `${path} is not a regular file`, 'nothing was written there')
  }
  return readFileSync(path, 'utf8')
}

/** `undefined` for whatever cannot be read. */
export function readIfThere(path: string): string | undefined {
  try {
    return readAgentFile(path)
  } catch {
    return undefined
  }
}

/** What matters of a transcript. The lines that no checkpoint takes tell nothing. */
export function factsOf(
  agent: AgentResume, lines: readonly string[], adapter: AgentAdapter, session: SessionId,
): TranscriptFacts {
  const own = nativeOf(adapter, lines, session)
  const keys = new Set(own.flatMap((line) => agent.keyOf(line) ?? []))
  const newest = newestIn(agent, own)
  return { keys, ...newest === undefined ? {} : { newest } }
}

function nativeOf(adapter: AgentAdapter, lines: readonly string[], session: SessionId): readonly string[] {
  const placed = lines.map((text, offset) => ({ offset, text }))
  return adapter.parseTranscript(placed, { session }, undefined).native.map(({ text }) => text)
}

export const linesOfFile = (text: string): readonly string[] =>
  text.split('\n').map((line) => line.replace(/\r$/, '')).filter((line) => line !== '')

/** Writes a file that is not there yet; one that came meanwhile stays. True when it was written. */
export function writeNewFile({ path, text }: RestoredFile): boolean {
  const written = writeBeside(path, text)
  try {
    linkSync(written, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    // A file system without links.
    if (existsSync(path)) return false
    renameSync(written, path)
    return true
  } finally {
    rmSync(written, { force: true })
  }
}

/** For files that are ours. */
export function writeOver({ path, text }: RestoredFile): void {
  renameSync(writeBeside(path, text), path)
}

/** Puts the text in the place of the file, and gives back where that is kept. */
export function replaceFile({ path, text }: RestoredFile, now: Millis): string {
  const written = writeBeside(path, text)
  try {
    const backup = backUp(path, now)
    renameSync(written, path)
    return backup
  } finally {
    rmSync(written, { force: true })
  }
}

function writeBeside(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const name = `${path}.bitloops-${process.pid}`
  rmSync(name, { force: true })
  writeFileSync(name, text, { mode: 0o600, flag: 'wx' })
  return name
}

/** Agents look for names that end in `.jsonl`: they never take the copy for a session. */
function backUp(path: string, now: Millis): string {
  const time = new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '')
  for (let count = 0; ; count += 1) {
    const backup = `${path}.before-resume-${time}Z${count === 0 ? '' : `-${count}`}`
    try {
      copyFileSync(path, backup, constants.COPYFILE_EXCL)
      chmodSync(backup, 0o600)
      return backup
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
