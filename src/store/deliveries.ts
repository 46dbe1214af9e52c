// Turns inbox files into what the agents' adapters read in them, and appends that to the live store.

import type { AgentAdapter, HookReading } from '../agents/agent.ts'
import { tellAgent } from '../agents/tell-agent.ts'
import type { Locator } from '../git/locate.ts'
import { namesProject } from '../model/agent-command.ts'
import type { Millis } from '../model/event.ts'
import { parsePayload } from '../model/payload.ts'
import { appendPlaced } from './append.ts'
import type { Recording } from './append.ts'
import type { PlacedObservations } from './edits.ts'
import { settleCopies } from './events.ts'
import { unseenInterruption } from './fingerprints.ts'
import { readInboxFile } from './inbox.ts'
import type { InboxFile } from './inbox.ts'
import type { LiveStore } from './live.ts'
import { expectTranscript } from './transcripts.ts'
import { turnAt } from './turn-names.ts'
import { closeTurn, endSession, findSession, noteFacts, openTurn, readSession, seeSession } from './sessions.ts'

export interface Delivery {
  readonly name: string
  readonly adapter: AgentAdapter
  readonly reading: HookReading
  readonly receivedAt: Millis
  readonly projectDir?: string
  /** The file as it came, to deliver it on; undefined when it was delivered on to us. */
  readonly bytes?: Buffer
}

interface UntoldFile {
  readonly name: string
}

export interface BrokenFile {
  readonly name: string
  readonly reason: string
}

/** A point in the life of a session that asks for more than appending. */
export interface Moment {
  readonly session: number
  readonly at: Millis
  readonly moment: NonNullable<HookReading['moment']>
  /** The turn that began or ended, by the name that `sessions.open_turn` has for it. */
  readonly turn?: string
  /** The turn that was open before and is over now without having said so. */
  readonly interrupted?: string
}

/** A payload of a file that another process took meanwhile is neither delivery nor broken. */
export function readDeliveries(
  home: string, files: readonly InboxFile[], findAdapter: (name: string) => AgentAdapter | undefined,
): ReadDeliveries {
  const deliveries: Delivery[] = []
  const broken: BrokenFile[] = []
  const untold: string[] = []
  for (const file of files) {
    const read = readDelivery(home, file, findAdapter)
    if (read === undefined) continue
    if ('reason' in read) broken.push(read)
    else if ('adapter' in read) deliveries.push(read)
    else untold.push(read.name)
  }
  return { deliveries, broken, untold }
}

export interface ReadDeliveries {
  readonly deliveries: readonly Delivery[]
  readonly broken: readonly BrokenFile[]
  /** Names of files that tell nothing. */
  readonly untold: readonly string[]
}

/** The delivery of a file, or the reason why there is none; undefined when the file is gone. */
function readDelivery(
  home: string, file: InboxFile, findAdapter: (name: string) => AgentAdapter | undefined,
): Delivery | BrokenFile | UntoldFile | undefined {
  const message = readInboxFile(home, file)
  if (message.kind === 'gone') return undefined
  const { name } = file
  if (message.kind === 'broken') return { name, reason: message.reason }
  const payload = parsePayload(message.payload)
  if (payload.kind === 'unreadable') return { name, reason: payload.reason }
  const adapter = findAdapter(tellAgent(message.agent, message.host, payload.value))
  if (adapter === undefined) return { name, reason: 'unknown agent' }
  const receivedAt = Math.round(file.receivedAt)
  const projectDir =
    message.projectDir !== undefined && namesProject(adapter.name) ? { projectDir: message.projectDir } : {}
  const event = message.event === undefined ? {} : { event: message.event }
  const reading = adapter.parseHook({ agent: adapter.name, ...event, receivedAt, payload: payload.value })
  if (reading.kind === 'unreadable') return { name, reason: reading.reason }
  if (reading.kind === 'untold') return { name }
  const bytes = message.forwarded ? {} : { bytes: message.bytes }
  return { name, adapter, reading, receivedAt, ...projectDir, ...bytes }
}

export interface AppendedDelivery {
  readonly session: number
  readonly events: number
  readonly moment?: Moment
}

/** Appends one delivery, inside a transaction. */
export function appendDelivery(recording: Recording, delivery: Delivery, placed: PlacedObservations): AppendedDelivery {
  const { store, locator } = recording
  const { adapter, reading, receivedAt } = delivery
  const session = seeSession(store, {
    agent: adapter.name, session: reading.session, at: receivedAt, foundBy: 'hook',
    ...worktreeOf(store, locator, delivery), ...(reading.cwd === undefined ? {} : { cwd: reading.cwd }),
  })
  if (noteFacts(store, session, reading.facts)) settleCopies(store, session, 0)
  const events = appendPlaced(recording, session, placed)
  if (reading.transcriptPath !== undefined) expectTranscript(store, session, undefined, reading.transcriptPath)
  for (const { subagent, path } of reading.subagentTranscripts) expectTranscript(store, session, subagent, path)
  if (reading.moment === undefined) return { session, events }
  return { session, events, moment: live(store, session, delivery, reading.moment) }
}

/** The project folder decides; the current one, which agents leave, only where nothing better was ever told. */
function worktreeOf(
  store: LiveStore, locator: Locator, { adapter, reading, projectDir }: Delivery,
): { worktree?: string } {
  const known = projectDir === undefined ? findSession(store, adapter.name, reading.session)?.worktree : undefined
  const folder = projectDir ?? reading.cwd
  const root = known ?? (folder === undefined ? undefined : locator.findWorktree(folder)?.root)
  return root === undefined ? {} : { worktree: root }
}

function live(store: LiveStore, session: number, { reading, receivedAt }: Delivery, moment: Moment['moment']): Moment {
  const open = readSession(store, session)?.openTurn ?? undefined
  // A transcript that was read meanwhile may have told that it is over: nobody has looked at its end all the same.
  const interrupted = open ?? unseenInterruption(store, session)
  const known = { session, at: receivedAt, moment }
  if (moment === 'turn-start') {
    const turn = reading.turn ?? turnAt(receivedAt)
    openTurn(store, session, turn)
    return { ...known, turn, ...(interrupted === undefined || interrupted === turn ? {} : { interrupted }) }
  }
  if (moment === 'turn-end') {
    const turn = reading.turn ?? open
    closeTurn(store, session, turn)
    return { ...known, ...(turn === undefined ? {} : { turn }) }
  }
  if (moment === 'session-end') {
    const ended = reading.observations.find(({ event }) => event.kind === 'session-end')?.event
    endSession(store, session, receivedAt, ended?.kind === 'session-end' ? ended.reason : '')
    if (open !== undefined) return { ...known, turn: open }
  } else {
    closeTurn(store, session, undefined)
  }
  return { ...known, ...(interrupted === undefined ? {} : { interrupted }) }
}
