// The agents we can read. A new one is a file beside this and a line here.

import type { AgentAdapter } from './agent.ts'
import { claudeCode } from './claude-code.ts'
import { codex } from './codex.ts'
import { copilot } from './copilot.ts'
import { cursor } from './cursor.ts'
import { gemini } from './gemini.ts'
import { opencode } from './opencode.ts'

export const adapters: readonly AgentAdapter[] = [claudeCode, codex, copilot, cursor, gemini, opencode]

export const findAdapter = (name: string): AgentAdapter | undefined => adapters.find((adapter) => adapter.name === name)
