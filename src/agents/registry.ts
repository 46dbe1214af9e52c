// The agents we can read. A new one is a file beside this and a line here.

import type { AgentAdapter } from './agent.ts'
import { claudeCode } from './claude-code.ts'

export const adapters: readonly AgentAdapter[] = [claudeCode]

export const findAdapter = (name: string): AgentAdapter | undefined => adapters.find((adapter) => adapter.name === name)
