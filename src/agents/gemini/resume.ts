// How Gemini CLI gets a session back: a file in the folder that it keeps for the project.

import type { SessionId } from '../../model/ids.ts'
import type { AgentPlace, AgentResume, SessionLines } from '../resume.ts'
import { folderOf, millisOf, newestIn, renameSession, textOfLines } from '../resume.ts'
import { isObject, objectOf, parseObject, sha256, textOf } from '../json.ts'

export const geminiResume: AgentResume = {
  agent: 'gemini',
  command: (session) => ['gemini', '--resume', session],
  finds: 'by-folder',
  restore({ session, lines, subagents }: SessionLines, place: AgentPlace) {
    const { folder, marker } = projectOf(place)
    const began = millisOf(headerOf(lines)['startTime']) ?? newestIn(geminiResume, lines) ?? 0
    const minute = new Date(began).toISOString().slice(0, 16).replace(':', '-')
    const text = (said: readonly string[]): string => textOfLines(said.map((line) => claimFor(line, place.cwd)))
    return {
      transcript: { path: `${folder}/chats/session-${minute}-${session.slice(0, 8)}.jsonl`, text: text(lines) },
      subagents: [...subagents].map(([id, said]) =>
        ({ path: `${folder}/chats/${session}/${id}.jsonl`, text: text(said) })),
      beside: [{ path: marker, text: place.cwd }],
      steps: [],
    }
  },
  // A message comes again with its tool calls: that is another line.
  keyOf(line) {
    const raw = parseObject(line)
    const id = textOf(raw?.['id'])
    return id === undefined ? undefined : `${id}${raw?.['toolCalls'] === undefined ? '' : ' with calls'}`
  },
  timeOf(line) {
    const raw = parseObject(line) ?? {}
    return millisOf(raw['timestamp'] ?? raw['lastUpdated'] ?? objectOf(raw['$set'])['lastUpdated'] ?? raw['startTime'])
  },
  sealed: new Set(['thoughtSignature']),
  newSession: (uuid) => uuid as SessionId,
  // When a session is resumed, the client says anew which one it is.
  opensTurn: (line) => objectOf(parseObject(line)?.['$set'])['sessionId'] !== undefined,
  copyInto: (lines, from, to) => lines.map((line) => renameSession(line, from, to)),
}

const headerOf = (lines: readonly string[]): Readonly<Record<string, unknown>> =>
  lines.map(parseObject).find((raw) => typeof raw?.['sessionId'] === 'string') ?? {}

/** The header names the project by the digest of its path. */
function claimFor(line: string, cwd: string): string {
  const raw = parseObject(line)
  return raw?.['projectHash'] === undefined ? line : JSON.stringify({ ...raw, projectHash: sha256(cwd) })
}

/**
 * The client calls each project by a short name of its own: the one it has given in `projects.json`, or the next free
 * one, which a file in the folder claims for the path.
 */
function projectOf({ cwd, home, env, read }: AgentPlace): { readonly folder: string; readonly marker: string } {
  const root = `${folderOf(env, 'GEMINI_CLI_HOME', home)}/.gemini`
  const projects = objectOf(parseObject(read(`${root}/projects.json`) ?? '')?.['projects'])
  const placed = (slug: string): { folder: string; marker: string } =>
    ({ folder: `${root}/tmp/${slug}`, marker: `${root}/tmp/${slug}/.project_root` })
  const known = isObject(projects) && Object.hasOwn(projects, cwd) ? textOf(projects[cwd]) : undefined
  if (known !== undefined && /^[a-z0-9-]+$/.test(known)) return placed(known)
  const taken = new Set(Object.values(projects))
  const name = cwd.slice(cwd.lastIndexOf('/') + 1).toLowerCase()
    .replace(/[^a-z0-9]/g, '-').replace(/-+/g, '-').replace(/^-|-$/g, '') || 'project'
  for (let count = 0; ; count += 1) {
    const slug = count === 0 ? name : `${name}-${count}`
    const owner = read(placed(slug).marker)?.trim()
    if (owner === cwd || (owner === undefined && !taken.has(slug))) return placed(slug)
  }
}
