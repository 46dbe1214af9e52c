// The agents we can read. A new one is a folder beside this and a line here.

import type { AgentAdapter } from './agent.ts'
import { claudeCode } from './claude-code/adapter.ts'
import { codex } from './codex/adapter.ts'
import { copilot } from './copilot/adapter.ts'
import { cursor } from './cursor/adapter.ts'
import { gemini } from './gemini/adapter.ts'
import { opencode } from './opencode/adapter.ts'

export const adapters: readonly AgentAdapter[] = [claudeCode, codex, copilot, cursor, gemini, opencode]

export const findAdapter = (name: string): AgentAdapter | undefined => adapters.find((adapter) => adapter.name === name)
