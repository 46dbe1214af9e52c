// What a replay of OpenCode needs: its database, which grows row by row, and its process, in which our plugin runs.

import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { HOOK_PLACES } from '../../src/agents/hook-places.ts'
import { callPlugin } from '../agents/opencode/client.ts'
import type { PluginHooks, RecordedCallback } from '../agents/opencode/client.ts'
import { filesBelow, FOLDERS } from './old-session.ts'
import { openOpenCodeDatabase } from './opencode-database.ts'
import type { OpenCodeDatabase } from './opencode-database.ts'
import type { Moving, Pen } from './replay.ts'
import type { TestRepository } from './repository.ts'
import type { Environment } from './sandbox.ts'

interface Session {
  readonly kind: 'session'
  readonly info: { readonly id: string; readonly directory: string; readonly parentID?: string; readonly time: Time }
}

interface Message {
  readonly kind: 'message'
  readonly info: { readonly id: string; readonly sessionID: string; readonly time: Time; readonly finish?: string }
  readonly parts: readonly Part[]
}

interface Time { readonly created: number; readonly completed?: number }
interface Part { readonly id: string; readonly time?: Span; readonly state?: { readonly time?: Span } }
interface Span { readonly end?: number }

type Row = Session | Message | { readonly kind: 'part'; readonly message: Message['info']; readonly part: Part }

/** The client writes a message when it begins, its parts one by one, and the message again when it is complete. */
export function writeRows(repository: TestRepository, from: string, moving: Moving): Pen {
  let rest = filesBelow(from).filter((path) => path.endsWith('.jsonl'))
    .flatMap((path) => readFileSync(join(from, path), 'utf8').split('\n').filter(Boolean))
    .flatMap((line) => rowsOf(JSON.parse(line) as Session | Message)).sort((one, other) => one.t - other.t)
  const take = (until: number): readonly Row[] => {
    const taken = rest.filter(({ t }) => t <= until)
    rest = rest.slice(taken.length)
    return taken.map(({ row }) => row)
  }
  return {
    grow(until) {
      const rows = take(until).map((row) => JSON.parse(moving(JSON.stringify(row))) as Row)
      if (rows.length === 0) return
      const database = openOpenCodeDatabase(join(repository.home, FOLDERS.opencode, 'opencode.db'))
      for (const row of rows) write(database, row)
      database.close()
    },
    skip(until) { take(until) },
  }
}

function write(database: OpenCodeDatabase, row: Row): void {
  if (row.kind === 'session') {
    const { id, directory, parentID, time } = row.info
    database.session(id, time.created, { directory, ...parentID === undefined ? {} : { parent: parentID } })
  } else if (row.kind === 'message') {
    const { id, sessionID, time } = row.info
    database.message(sessionID, id, time.created, row.info)
  } else {
    database.part(row.message.sessionID, row.message.id, row.part.id, { ...row.part })
  }
}

function rowsOf(line: Session | Message): readonly { readonly t: number; readonly row: Row }[] {
  const { created, completed } = line.info.time
  if (line.kind === 'session') return [{ t: created, row: line }]
  const { finish: _, ...begun } = line.info
  let t = created
  const parts = line.parts.map((part) => {
    t = Math.max(t, part.state?.time?.end ?? part.time?.end ?? 0)
    return { t, row: { kind: 'part', message: line.info, part } as const }
  })
  return [
    { t: created, row: { ...line, info: { ...begun, time: { created } } } }, ...parts,
    ...completed === undefined ? [] : [{ t: Math.max(t, completed), row: line }],
  ]
}

let copies = 0

/** The client: a start of it loads the plugin anew, and so do we, from the file that init wrote. */
export function openPlugin(repository: TestRepository, moving: Moving): (call: RecordedCallback) => Promise<void> {
  let hooks: PluginHooks | undefined
  return (call) => inEnvironment(repository.env, async () => {
    const { event, payload } = JSON.parse(moving(JSON.stringify(call))) as RecordedCallback
    if (event !== 'plugin.init') return callPlugin(hooks!, { ...call, payload })
    copies += 1
    const folder = join(repository.sandbox.folder, 'loaded')
    mkdirSync(folder, { recursive: true })
    // Node takes a .mjs for a module without a package.json.
    const file = join(folder, `${copies}.mjs`)
    copyFileSync(join(repository.root, HOOK_PLACES.opencode.local), file)
    const { GitBitloops } = await import(pathToFileURL(file).href) as PluginFile
    hooks = await GitBitloops({ directory: payload['directory'] as string, worktree: repository.root })
  })
}

interface PluginFile {
  readonly GitBitloops: (input: Readonly<Record<string, string>>) => Promise<PluginHooks>
}

/** The plugin goes by the environment of its process, which here is the test's. */
async function inEnvironment(env: Environment, work: () => Promise<void>): Promise<void> {
  const before = { ...process.env }
  const become = (wanted: NodeJS.ProcessEnv): void => {
    for (const name of Object.keys(process.env)) delete process.env[name]
    Object.assign(process.env, wanted)
  }
  become({ ...env })
  try {
    await work()
  } finally {
    become(before)
  }
}
