// Cursor keeps its conversations in stores that nobody documents: we can say how to go on where it has the session
// itself, and no more.

import type { SessionId } from '../../model/ids.ts'
import { sha256 } from '../json.ts'
import type { AgentResume } from '../resume.ts'

export const cursorResume: AgentResume = {
  agent: 'cursor',
  command: (session) => ['cursor-agent', '--resume', session],
  finds: 'by-folder',
  restore: () => undefined,
  why: 'Cursor documents no way to give it a conversation back: the command works where Cursor has the session itself',
  // Its lines have no ids and no times.
  keyOf: sha256,
  timeOf: () => undefined,
  sealed: new Set(),
  newSession: (uuid) => uuid as SessionId,
  copyInto: (lines) => lines,
}
