// Shows git-bitloops at work: replays a recorded Claude Code session in a scratch repository, through the hooks that
// `init` installs and a real `git commit`, and shows what is kept. Everything happens in a temporary home.

import { join } from 'node:path'
import { playCapture } from '../test/support/capture.ts'
import type { RecordedCall } from '../test/support/capture.ts'
import { makeRepository } from '../test/support/repository.ts'
import type { TestRepository } from '../test/support/repository.ts'
import { keepSandbox, PROJECT, quote } from '../test/support/sandbox.ts'

const FIXTURES = join(PROJECT, 'fixtures')
const RECORDING = {
  hooks: join(FIXTURES, 'sessions', 'claude-code-01-tools.jsonl'),
  projects: join(FIXTURES, 'agents', 'claude-code', 'transcripts', '01-tools'),
}
const isTerminal = process.stdout.isTTY
const dim = (text: string): string => isTerminal ? `\x1b[2m${text}\x1b[0m` : text
const bold = (text: string): string => isTerminal ? `\x1b[1m${text}\x1b[0m` : text

/** Types a command as a person would, and shows what it prints. */
async function type(repository: TestRepository, command: string): Promise<void> {
  console.log(bold(`$ ${command}`))
  const { output, code } = await repository.sh(`{ ${command}\n} 2>&1`)
  process.stdout.write(output)
  if (code !== 0) console.log(dim(`(exit code ${code})`))
  console.log()
}

function tell({ event, payload }: RecordedCall): void {
  const said = sayCall(event, payload)
  if (said === undefined || said.includes('<task-notification>')) return
  console.log(dim(`  claude-code  ${said.split('\n')[0]}`))
}

function sayCall(event: string, payload: RecordedCall['payload']): string | undefined {
  const input = payload['tool_input'] as Readonly<Record<string, string>> | undefined
  switch (event) {
    case 'UserPromptSubmit': return `prompt  ${String(payload['prompt'])}`
    case 'PostToolUse': return `${String(payload['tool_name'])}  ${input?.['file_path'] ?? input?.['command'] ?? ''}`
    case 'Stop': return `answer  ${String(payload['last_assistant_message'])}`
    default: return undefined
  }
}

const repository = await makeRepository()
keepSandbox(repository.sandbox)
await repository.commit('Begin', { 'README.md': '# Example\n' })
await type(repository, 'git bitloops init --agent claude-code')

console.log(dim('A recorded session is replayed; it commits its own work, in the middle of the turn:'))
await playCapture(repository, RECORDING, { until: ({ event }) => event === 'SessionEnd', onCall: tell })
await repository.waitForInbox()
console.log()

await type(repository, 'git bitloops status')
await type(repository, 'git bitloops log')
await type(repository, 'git bitloops explain')
await type(repository, 'git log --notes=bitloops -1')

console.log('Go on there, with a home of its own, so that nothing of yours is touched:\n')
const { root, home, sandbox } = repository
const bin = join(sandbox.folder, 'bin')
console.log(`  cd ${quote(root)} && export HOME=${quote(home)} PATH=${quote(bin)}:"$PATH"\n`)
console.log(`When you are done: rm -r ${quote(sandbox.folder)}`)
