// A repository with a live store that knows one session of OpenCode, and the client that writes the session's database.

import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { opencode } from '../../src/agents/opencode/adapter.ts'
import { openLocator } from '../../src/git/locate.ts'
import type { SessionId } from '../../src/model/ids.ts'
import type { Recording } from '../../src/store/append.ts'
import { catchUp } from '../../src/store/catch-up.ts'
import { readSession, seeSession } from '../../src/store/sessions.ts'
import { expectTranscript } from '../../src/store/transcripts.ts'
import { openOpenCodeDatabase } from './opencode-database.ts'
import type { OpenCodeDatabase } from './opencode-database.ts'
import { makeRecorder, rowsOf } from './recorder.ts'
import type { Recorder } from './recorder.ts'

export interface OpenCodeScene extends Recorder {
  readonly path: string
  readonly client: OpenCodeDatabase
  readonly id: number
  /** Reads what is new; gives back what the session's transcript tells by now: kind, and text or outcome. */
  read(): Promise<readonly string[]>
}

export const SES = 'ses_1'

/** `prepare` may put a database where the client will look for it. */
export async function withOpenCode(
  work: (scene: OpenCodeScene) => Promise<void>, prepare?: (path: string) => void,
): Promise<void> {
  const recorder = await makeRecorder()
  const { repository, store, context } = recorder
  const path = join(repository.home, '.local/share/opencode/opencode.db')
  mkdirSync(dirname(path), { recursive: true })
  prepare?.(path)
  const client = openOpenCodeDatabase(path)
  const id = seeSession(store, { agent: 'opencode', session: SES as SessionId, at: 1, foundBy: 'hook' })
  expectTranscript(store, id, undefined, `${path}#${SES}`)
  const recording: Recording = {
    repository: context.repository, store, locator: openLocator(), now: () => Date.now(), findAdapter: () => opencode,
  }
  try {
    await work({
      ...recorder, path, client, id,
      async read() {
        await catchUp(recording, id)
        return rowsOf(store, `SELECT kind || ' ' || coalesce(body ->> '$.text', body ->> '$.outcome', '') FROM events
          WHERE source = 'transcript' ORDER BY id`).flat() as string[]
      },
    })
  } finally {
    client.close()
    recorder.close()
  }
}

export const stateOf = ({ store, id }: OpenCodeScene): string => readSession(store, id)!.transcriptState

export function prompt({ client }: OpenCodeScene, id: string, at: number, text: string, session = SES): void {
  client.message(session, id, at, { role: 'user' })
  client.part(session, id, `prt_${id}`, { type: 'text', text })
}

export function answer(
  { client }: OpenCodeScene, id: string, parentID: string, at: number, text: string, session = SES,
): void {
  client.message(session, id, at, { role: 'assistant', parentID, modelID: 'm', finish: 'stop',
    time: { created: at, completed: at + 1 } })
  client.part(session, id, `prt_${id}`, { type: 'text', text, time: { start: at, end: at + 1 } })
}
