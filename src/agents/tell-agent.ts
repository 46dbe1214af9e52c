// Tells which agent a payload is from: Copilot and Cursor run the hooks that were registered for Claude Code, too.

import { objectOf, textOf } from './json.ts'

/** Where Copilot, of the command line and of VS Code, keeps its transcripts. */
const COPILOT_TRANSCRIPT = /[\\/](?:session-state|GitHub\.copilot-chat)[\\/]/

/**
 * The name of the agent. `registered`: whose settings the hook stands in; `host`: the program that ran it, by its
 * environment, which a shell inside of that program passes on to other agents. So the payload decides where it can.
 */
export function tellAgent(registered: string, host: string | undefined, payload: unknown): string {
  if (registered !== 'claude-code') return registered
  const { conversation_id: conversation, transcript_path: path } = objectOf(payload)
  if (textOf(conversation) !== undefined) return 'cursor'
  const transcript = textOf(path)
  if (transcript !== undefined) return COPILOT_TRANSCRIPT.test(transcript) ? 'copilot' : registered
  return host === 'copilot' ? 'copilot' : registered
}
