// Puts recorded sessions where their agents keep them, as if they had been made in a test's repository, and makes
// the files that they made.

import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { AgentAdapter } from '../../src/agents/agent.ts'
import type { Event, FileChange } from '../../src/model/event.ts'
import type { AgentName, SessionId } from '../../src/model/ids.ts'
import { recordingsOf } from '../agents/recordings.ts'
import type { TestRepository } from './repository.ts'
import { slugOf } from './transcript.ts'

export const RECORDED_ROOT = '/home/dev/project'
const RECORDED_HOME = '/home/dev'

/** Where `transcripts/<capture>` goes, below the user's home folder. */
export const FOLDERS: Readonly<Record<AgentName, string>> = {
  'claude-code': '.claude/projects', codex: '.codex/sessions', copilot: '.copilot/session-state',
  cursor: '.cursor/projects', gemini: '.gemini/tmp', opencode: '.local/share/opencode',
}

export interface OldSessions {
  readonly sessions: readonly SessionId[]
  /** When the last of them changed a file. */
  readonly lastEditAt: number
  /** Makes the files in the worktree as the sessions left them. */
  makeFiles(): void
}

/** Puts a recording into the agent's folder; `folder`: another one than below the home. */
export function leaveRecording(
  repository: TestRepository, adapter: AgentAdapter, capture: string, folder?: string,
): OldSessions {
  const recordings = recordingsOf(adapter)
  const from = join(recordings.folder, 'transcripts', capture)
  const to = folder ?? join(repository.home, FOLDERS[adapter.name])
  for (const path of filesBelow(from)) copyMoved(repository, join(from, path), join(to, movedPath(repository, path)))
  const sessions = recordings.sessionsOf(capture)
  const changes = sessions.flatMap((session) => recordings.transcriptObservations(capture, session))
    .map(({ event }) => event).filter((event): event is Event & FileChange => event.kind === 'file-change')
    .filter(({ path }) => path.startsWith(`${RECORDED_ROOT}/`) && !path.includes('/worktrees/'))
    .sort((one, other) => one.at - other.at)
  // Where nothing tells the time, the file's own counts.
  const lastEditAt = Math.max(...changes.map(({ at }) => at)) || Date.parse('2026-11-20T17:00:00Z')
  for (const path of filesBelow(to)) utimesSync(join(to, path), lastEditAt / 1000, lastEditAt / 1000)
  return {
    sessions, lastEditAt,
    makeFiles() {
      const seen = new Set<string>()
      for (const change of changes) {
        if (!seen.has(change.id)) apply(repository, change)
        seen.add(change.id)
      }
    },
  }
}

/** A path below the folder of an agent, in which the project's folder may have a name made of its path. */
export const movedPath = ({ root }: TestRepository, path: string): string => movedFolders(root, `/${path}`).slice(1)

const movedFolders = (root: string, text: string): string => text
  .replaceAll(`/${slugOf(RECORDED_ROOT)}`, `/${slugOf(root)}`)
  .replaceAll('/home-dev-project/', `/${slugOf(root).replace(/-+/g, '-').replace(/^-/, '')}/`)

function copyMoved(repository: TestRepository, from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  if (from.endsWith('.db')) {
    copyFileSync(from, to)
    moveDatabase(repository, to)
  } else {
    writeFileSync(to, movedText(repository, readFileSync(from, 'utf8')))
  }
}

/** Digests of the project's folder are moved with it. */
export const movedText = ({ root, home }: TestRepository, text: string): string => movedFolders(root, text)
  .replaceAll(RECORDED_ROOT, root).replaceAll(`${RECORDED_HOME}/.`, `${home}/.`)
  .replaceAll(digestOf(RECORDED_ROOT), digestOf(root))

function moveDatabase({ root }: TestRepository, path: string): void {
  const database = new Sqlite(path)
  for (const [table, column] of [['session', 'directory'], ['message', 'data'], ['part', 'data']]) {
    database.prepare(`UPDATE ${table} SET ${column} = replace(${column}, ?, ?)`).run(RECORDED_ROOT, root)
  }
  database.close()
}

/** What transcripts do not tell as changes: a subagent's file, and one of Cursor's. */
const UNTOLD: Readonly<Record<string, string>> = {
  'docs/auth.md': '# Auth\n\nlogin and logout.\n',
  'src/auth.ts': 'export function verifyToken(token: string): boolean {\n  return token.length > 3;\n}\n',
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Does in the worktree what an edit did. */
export function apply(repository: TestRepository, { path, from, change, hunks = [] }: FileChange): void {
  const name = path.slice(RECORDED_ROOT.length + 1)
  const source = from === undefined ? name : from.slice(RECORDED_ROOT.length + 1)
  let text = repository.exists(source) ? repository.read(source) : ''
  if (change === 'delete') return
  if (hunks.length === 0) text = UNTOLD[name] ?? text
  for (const { lines } of hunks) {
    const side = (sign: string): string => lines.filter((line) => line.startsWith(' ') || line.startsWith(sign))
      .map((line) => `${line.slice(1)}\n`).join('')
    const before = side('-')
    if (before !== '' && !text.includes(before)) throw new Error(`${name} does not hold ${JSON.stringify(before)}`)
    text = before === '' ? side('+') : text.replace(before, () => side('+'))
  }
  repository.write(name, text)
}

export function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

/** As `repository.commit` of everything there is, at a time. */
export async function commitAt(repository: TestRepository, message: string, at: number): Promise<string> {
  const date = `${Math.floor(at / 1000)} +0000`
  const outcome = await repository.sh(`git add --all && git -c core.hooksPath=/dev/null commit -q -m '${message}' &&
    git rev-parse HEAD`, { env: { ...repository.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date } })
  if (outcome.code !== 0) throw new Error(outcome.output)
  return outcome.stdout.trim()
}

export interface Imported {
  readonly commits: readonly {
    readonly commit: string
    readonly subject: string
    readonly checkpoint?: string
    readonly sessions: readonly { readonly agent: string; readonly session: string }[]
  }[]
  readonly sessions: { readonly found: number; readonly unchanged: number; readonly linked: number }
  readonly openEdits: number
}

/** Runs `git bitloops import --json` to its good end. */
export async function runImport(repository: TestRepository, ...args: readonly string[]): Promise<Imported> {
  const { code, stdout, output } = await repository.bitloops('import', '--json', ...args)
  if (code !== 0) throw new Error(`git bitloops import (${code}): ${output}`)
  return JSON.parse(stdout) as Imported
}
