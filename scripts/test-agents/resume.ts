// A session recorded in one clone goes on in another one, under another path and another home, with the real client.

import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { repositoryAt } from '../../test/support/repository.ts'
import type { TestRepository } from '../../test/support/repository.ts'
import { runClaude, runClient } from './client.ts'
import type { Driven } from './client.ts'
import { CLAUDE_WORK, WORK } from './scripts.ts'

const GO_ON = 'Say what you did before'
const ANSWER = 'I know what was said: verifyToken.'

/** `repository`: with the agent's hooks, and nothing recorded yet. */
export async function resumeElsewhere(agent: Driven, repository: TestRepository): Promise<void> {
  if (agent === 'claude-code') {
    await runClaude(repository, CLAUDE_WORK)
  } else {
    const { codes, log } = await runClient(agent, repository, WORK.prompts, WORK.turns)
    assert.equal(codes, [0, 0], log)
  }
  // The driver ends all that the client started: what it delivered last waits for the next command.
  await repository.bitloops('log')
  const { clone, env } = await makeElsewhere(repository)
  const resumed = await clone.sandbox.run('git', ['bitloops', 'resume', '--json'], { cwd: clone.root, env })
  assert.is(resumed.code, 0, resumed.output)
  const { sessions: [session] } = JSON.parse(resumed.stdout) as { readonly sessions: readonly Resumed[] }
  assert.ok(session, 'a session')
  const { path } = session!.transcript
  const before = readFileSync(path, 'utf8')
  assert.not.match(before, repository.root)
  const log = await goOn(agent, clone, session!)
  assert.ok(readFileSync(path, 'utf8').startsWith(before), `what was put back has stayed as it was\n${log}`)
  // Gemini goes on in another file, OpenCode in its database.
  if (agent === 'gemini' || agent === 'opencode') return
  const added = readFileSync(path, 'utf8').slice(before.length)
  assert.match(added, GO_ON, `the client goes on in the file\n${log}`)
  assert.match(added, ANSWER, `with what the model answers\n${log}`)
}

interface Resumed {
  readonly session: string
  readonly command: readonly string[]
  readonly steps: readonly (readonly string[])[]
  readonly transcript: { readonly path: string }
}

/** Another machine: nothing of the first one but what was pushed. */
async function makeElsewhere(
  repository: TestRepository,
): Promise<{ readonly clone: TestRepository; readonly env: Readonly<Record<string, string>> }> {
  const { sandbox } = repository
  const remote = join(sandbox.folder, 'remote.git')
  await sandbox.run('git', ['init', '--quiet', '--bare', '--initial-branch=main', remote])
  await repository.git('remote', 'add', 'origin', remote)
  await repository.git('push', '--quiet', 'origin', 'main')
  const pushed = await repository.bitloops('push', 'origin')
  assert.is(pushed.code, 0, pushed.output)
  const home = join(sandbox.folder, 'another', 'home')
  const root = join(home, 'src', 'the-clone')
  mkdirSync(home, { recursive: true })
  await sandbox.run('git', ['clone', '--quiet', remote, root])
  const env = { ...sandbox.env, HOME: home }
  return { clone: { ...repositoryAt(sandbox, root, join(root, '.git', 'bitloops')), home, env }, env }
}

/** The stand-in answers so only to somebody who tells it the whole conversation. */
async function goOn(agent: Driven, clone: TestRepository, resumed: Resumed): Promise<string> {
  if (agent === 'claude-code') {
    return await runClaude(clone, {
      runs: [{ prompt: GO_ON, args: resumed.command.slice(1) }],
      rules: [{ match: { prompt: GO_ON, text: 'verifyToken' }, steps: [[ANSWER]] }],
    })
  }
  const steps = resumed.steps.map((words) =>
    ({ sh: `PATH="$BOX_AGENT/node_modules/opencode-linux-x64/bin:$PATH" ${words.join(' ')}` }))
  const prompts = [...steps, { prompt: GO_ON, args: resumed.command.slice(1) }]
  const { log } = await runClient(agent, clone, prompts, [{ match: GO_ON, steps: [{ text: ANSWER }] }])
  const folders = readdirSync(clone.sandbox.folder).filter((name) => name.startsWith('client-'))
  const requests = folders.map((name) => join(clone.sandbox.folder, name, 'model.jsonl')).filter(existsSync)
    .map((file) => readFileSync(file, 'utf8').split('\n').filter((line) => line.includes(GO_ON)).join('\n'))
  assert.match(requests.join('\n'), WORK.prompts[0]!.prompt, `the model heard what had been said\n${log}`)
  return log
}
