// Reads the sessions of a checkpoint that Entire keeps: what it says of each, and the agent's own lines of it.

import { parseTree } from '../git/objects.ts'
import type { ObjectReader } from '../git/objects.ts'
import type { EntirePlaces } from '../git/foreign-refs.ts'
import type { AgentAdapter, TranscriptLine } from '../agents/agent.ts'
import { findAdapter } from '../agents/registry.ts'
import { entirePath, parseEntireMetadata, readEntirePrompts } from '../model/entire-checkpoint.ts'
import type { EntireMetadata } from '../model/entire-checkpoint.ts'
import { isSaid } from '../model/event.ts'
import type { Event, Millis, Observation } from '../model/event.ts'
import type { ForeignSession } from '../model/foreign-record.ts'
import type { EventId, SessionId, TurnId } from '../model/ids.ts'
import { pickEvents } from '../model/pick-events.ts'

/** A transcript that is longer is not read; its prompts are. */
const MAX_TRANSCRIPT_BYTES = 64 * 1024 * 1024

export interface EntireCheckpoint {
  readonly branch?: string
  readonly sessions: readonly ForeignSession[]
}

/** `at`: when the commit was made. Undefined where the checkpoint is not here, or names no session. */
export async function readEntireCheckpoint(
  reader: ObjectReader, places: EntirePlaces, id: string, at: Millis,
): Promise<EntireCheckpoint | undefined> {
  const ref = places.refs.get(id)
  const names = [...ref === undefined ? [] : [`${ref}:`], ...places.branches.map((each) => `${each}:${entirePath(id)}`)]
  for (const name of names) {
    const tree = await reader.read(name)
    if (tree?.type !== 'tree') continue
    // Sessions lie in folders by number; the first versions put the newest one beside these.
    const folders = parseTree(tree).filter(({ name: entry, mode }) => mode === '40000' && /^\d+$/.test(entry))
      .map(({ oid }) => oid as string)
    const read = []
    for (const folder of [...folders, tree.oid]) read.push(await readSession(reader, folder, id, at))
    const found = read.filter((each) => each !== undefined)
    if (found.length === 0) continue
    const branch = found.find(({ metadata }) => metadata.branch !== undefined)?.metadata.branch
    return { ...branch === undefined ? {} : { branch }, sessions: found.map(({ session }) => session) }
  }
  return undefined
}

async function readSession(
  reader: ObjectReader, folder: string, id: string, at: Millis,
): Promise<{ metadata: EntireMetadata; session: ForeignSession } | undefined> {
  const object = await reader.read(folder)
  const files = new Map(object?.type !== 'tree' ? [] : parseTree(object).map(({ name, oid }) => [name, oid]))
  const readText = async (name: string): Promise<string> => {
    const oid = files.get(name)
    return (oid === undefined ? undefined : await reader.read(oid))?.body.toString('utf8') ?? ''
  }
  const metadata = parseEntireMetadata(await readText('metadata.json'))
  if (metadata === undefined) return undefined
  // A long transcript goes on in full.jsonl.001 and so on.
  const parts = [...files.keys()].filter((name) => /^full\.jsonl(?:\.\d+)?$/.test(name)).sort()
  const lines = linesOf((await Promise.all(parts.map(readText))).join(''))
  const adapter = findAdapter(metadata.agent)
  const told = lines.length === 0 || adapter === undefined ? undefined : readTranscript(adapter, metadata, lines)
  const said = told !== undefined && told.events.some(isSaid) ? told
    : readEntirePrompts(await readText('prompt.txt'), metadata.createdAt ?? at)
  const session: ForeignSession = {
    ...said, agent: metadata.agent, session: metadata.session, models: metadata.models,
    events: withUsage(said.events, metadata, id, at), files: metadata.files.map((path) => ({ path })),
  }
  return { metadata, session }
}

function linesOf(text: string): readonly TranscriptLine[] {
  if (text.length > MAX_TRANSCRIPT_BYTES) return []
  let offset = 0
  return text.split('\n').flatMap((line) => {
    const here = offset
    offset += Buffer.byteLength(line) + 1
    return line === '' ? [] : [{ offset: here, text: line }]
  })
}

/** The checkpoint's part of the session. What came before is read as well: it says which turn is under way. */
function readTranscript(
  adapter: AgentAdapter, { session, firstLine }: EntireMetadata, lines: readonly TranscriptLine[],
): Pick<ForeignSession, 'events' | 'turns' | 'agentVersion'> {
  const source = { session }
  const start = firstLine < lines.length ? firstLine : 0
  const before = adapter.parseTranscript(lines.slice(0, start), source, undefined)
  const here = adapter.parseTranscript(lines.slice(start), source, before.state)
  const version = here.facts.agentVersion ?? before.facts.agentVersion
  return {
    events: pickEvents(here.observations), turns: turnsOf([...before.observations, ...here.observations]),
    ...version === undefined ? {} : { agentVersion: version },
  }
}

function turnsOf(observations: readonly Observation[]): ForeignSession['turns'] {
  const starts = new Map<TurnId, Millis>()
  for (const { event: { turn, at } } of observations) {
    if (turn !== undefined) starts.set(turn, Math.min(starts.get(turn) ?? at, at))
  }
  return [...starts].sort(([, left], [, right]) => left - right)
    .map(([turn, startedAt], index) => ({ turn, number: index + 1, startedAt }))
}

/** Tokens as Entire counted them, where the lines tell none. */
function withUsage(
  events: readonly Event[], { usage, models, session }: EntireMetadata, id: string, at: Millis,
): readonly Event[] {
  if (usage === undefined || events.some(({ kind }) => kind === 'usage')) return events
  const message = `entire:${id}:${session satisfies SessionId}`
  const event: Event = {
    id: message as string as EventId, at: events.at(-1)?.at ?? at,
    kind: 'usage', message, model: models[0] ?? 'unknown', tokens: usage,
  }
  return [...events, event]
}
