// How each agent gets a session back. A new one is `resume.ts` in its folder and a line here.

import { claudeCodeResume } from './claude-code/resume.ts'
import { codexResume } from './codex/resume.ts'
import { copilotResume } from './copilot/resume.ts'
import { cursorResume } from './cursor/resume.ts'
import { geminiResume } from './gemini/resume.ts'
import { openCodeResume } from './opencode/resume.ts'
import type { AgentResume } from './resume.ts'

export const agentResumes: readonly AgentResume[] = [
  claudeCodeResume, codexResume, copilotResume, cursorResume, geminiResume, openCodeResume,
]

export const findAgentResume = (agent: string): AgentResume | undefined =>
  agentResumes.find((one) => one.agent === agent)
