// node --import tsx scripts/test-agents.ts [agent ...]
//
// Installs git-bitloops in scratch repositories, lets the real clients work there, offline, and looks whether their
// sessions are found in `explain --json`. Not a part of the tests: it needs the clients, root, and the drivers that
// BITLOOPS_AGENT_TOOLS names. The drain ends with the client's process namespace: the next command records the rest.

import { join } from 'node:path'
import { rmSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { makeRepository } from '../test/support/repository.ts'
import type { TestRepository } from '../test/support/repository.ts'
import { DRIVEN, runClaude, runClient } from './test-agents/client.ts'
import type { Driven } from './test-agents/client.ts'
import { resumeElsewhere } from './test-agents/resume.ts'
import { CLAUDE_WORK, DELEGATE, draftOf, WORK } from './test-agents/scripts.ts'

type Other = Exclude<Driven, 'claude-code'>

interface Explained {
  readonly checkpoints: readonly { readonly record: {
    readonly sessions: readonly {
      readonly agent: string; readonly session: string; readonly models: readonly string[]
      readonly turns: readonly { readonly prompt?: string; readonly response?: string }[]
      readonly usage?: { readonly input: number; readonly output: number }
      readonly subagents: readonly unknown[]
    }[]
    readonly files: readonly { readonly path: string; readonly evidence: string }[]
  }
  readonly transcript: readonly { readonly kind: string; readonly agent: string; readonly text?: string }[] }[]
}

const results: { readonly name: string; readonly failure?: string }[] = []

/** Runs one check in a repository of its own, with the hooks of these agents. */
async function check(
  name: string, agents: readonly Driven[], look: (repository: TestRepository) => Promise<void>,
): Promise<void> {
  const repository = await makeRepository()
  try {
    await repository.git('config', 'user.name', 'Dev Example')
    await repository.git('config', 'user.email', 'dev@example.com')
    await repository.commit('Begin', { 'README.md': '# Example\n' })
    const made = await repository.bitloops('init', ...agents.flatMap((agent) => ['--agent', agent]))
    assert.is(made.code, 0, made.output)
    await look(repository)
    results.push({ name })
    console.log(`ok    ${name}`)
  } catch (error) {
    results.push({ name, failure: (error as Error).message })
    console.log(`FAIL  ${name}\n      ${(error as Error).message.replaceAll('\n', '\n      ')}`)
  } finally {
    repository.remove()
  }
}

async function explain(repository: TestRepository, commit: string): Promise<Explained> {
  const said = await repository.bitloops('explain', '--json', '--full', commit)
  assert.is(said.code, 0, `explain ${commit}: ${said.output}`)
  return JSON.parse(said.stdout) as Explained
}

const countOf = ({ checkpoints }: Explained, kind: string): number =>
  checkpoints.flatMap(({ transcript }) => transcript).filter((entry) => entry.kind === kind).length
const filesOf = ({ checkpoints }: Explained): readonly string[] =>
  [...new Set(checkpoints.flatMap(({ record }) => record.files.map(({ path }) => path)))].sort()
const promptsOf = ({ checkpoints }: Explained): readonly string[] =>
  checkpoints.flatMap(({ record }) => record.sessions).flatMap(({ turns }) => turns)
    .flatMap(({ prompt }) => prompt ?? [])

async function work(agent: Driven, repository: TestRepository): Promise<string> {
  if (agent === 'claude-code') return await runClaude(repository, CLAUDE_WORK)
  const { codes, log } = await runClient(agent, repository, WORK.prompts, WORK.turns)
  assert.equal(codes, [0, 0], log)
  return log
}

function chosenAgents(): readonly Driven[] {
  const words = process.argv.slice(2)
  const unknown = words.find((word) => !(DRIVEN as readonly string[]).includes(word))
  if (unknown !== undefined) throw new Error(`'${unknown}' is none of ${DRIVEN.join(', ')}`)
  return words.length === 0 ? DRIVEN : words as Driven[]
}

/** What may become of us on a machine, by what one sees of it. */
const BREAKAGES: Readonly<Record<string, (repository: TestRepository) => void>> = {
  'is missing': ({ bitloopsHome }) => { rmSync(join(bitloopsHome, 'agent-hook')) },
  'exits 1': (repository) => { putHook(repository, 'exit 1') },
  'exits 2': (repository) => { putHook(repository, 'echo blocked >&2; exit 2') },
  'prints text': (repository) => { putHook(repository, 'echo no JSON at all') },
  'hangs once': (repository) => { putHook(repository, 'mkdir "${0%/*}/hung" 2>/dev/null && sleep 600; exit 0') },
  'cannot start Node': ({ bitloopsHome }) => { writeFileSync(join(bitloopsHome, 'program'), '/nowhere\n/nowhere\n') },
}

const putHook = ({ bitloopsHome }: TestRepository, script: string): void => {
  writeFileSync(join(bitloopsHome, 'agent-hook'), `#!/bin/sh\n${script}\n`)
}

for (const agent of chosenAgents()) {
  await check(`${agent}: prompts, answers, tool calls, files, model and tokens of two commits`, [agent],
    async (repository) => {
      const log = await work(agent, repository)
      assert.is(await repository.git('rev-list', '--count', 'HEAD'), '3', log)
      const [first, second] = [await explain(repository, 'HEAD~1'), await explain(repository, 'HEAD')]
      for (const [at, one] of [first, second].entries()) {
        assert.equal(promptsOf(one), [WORK.prompts[at]!.prompt], `as they were typed: ${promptsOf(one).join(' | ')}`)
      }
      for (const one of [first, second]) {
        assert.equal(filesOf(one), ['src/auth.ts'])
        assert.ok(countOf(one, 'tool-call') >= 2, `tool calls: ${countOf(one, 'tool-call')}`)
        const sessions = one.checkpoints.flatMap(({ record }) => record.sessions)
        assert.ok(sessions.every((session) => session.agent === agent))
        assert.is(new Set(sessions.map(({ session }) => session)).size, 1)
        assert.ok(sessions.some(({ models }) => models.length > 0), 'a model')
        assert.ok(sessions.some(({ usage }) => usage !== undefined && usage.output > 0), 'tokens')
      }
      const said = first.checkpoints.flatMap(({ transcript }) => transcript)
        .flatMap(({ kind, text }) => kind === 'response' ? [text] : []).join('\n')
      assert.match(said, 'I will create the auth module.')
      assert.match(said, 'Added src/auth.ts with verifyToken, and committed it.', 'the answer after the commit')
      assert.ok(countOf(first, 'reasoning') >= 1, 'reasoning')
      assert.is(countOf(first, 'response'), 5, 'answers, each once')
    })
  await check(`${agent}: a session goes on in another clone, under another path and home`, [agent], (repository) =>
    resumeElsewhere(agent, repository))
  if (agent === 'claude-code') continue

  await check(`${agent}: a subagent's work is shown under the turn that asked for it`, [agent], async (repository) => {
    const { turns, args = [], writes } = DELEGATE[agent]
    const { codes, log } = await runClient(agent, repository, [{ prompt: 'please delegate this', args }], turns)
    assert.equal(codes, [0], log)
    repository.write('by-hand.txt', 'by hand\n')
    const own = draftOf('own.ts')
    if (!writes) await runClient(agent, repository, [{ ...own.prompts[0]!, resume: 'last' }], own.turns)
    await repository.git('add', '--all')
    await repository.git('commit', '--quiet', '-m', 'What they made')
    const explained = await explain(repository, 'HEAD')
    assert.equal(filesOf(explained), [writes ? 'child.ts' : 'own.ts'])
    assert.ok(promptsOf(explained).includes('please delegate this'))
    assert.not(promptsOf(explained).some((prompt) => prompt.includes('child task')), 'not a prompt of the user')
    assert.ok(explained.checkpoints.some(({ record }) => record.sessions.some(({ subagents }) => subagents.length > 0)))
  })

  for (const [what, break_] of Object.entries(BREAKAGES)) {
    await check(`${agent}: works as without us when the hook ${what}`, [agent], async (repository) => {
      break_(repository)
      await work(agent, repository)
      assert.is(await repository.git('rev-list', '--count', 'HEAD'), '3', 'both prompts were worked on and committed')
    })
  }
}

const others = chosenAgents().filter((agent): agent is Other => agent !== 'claude-code')
if (others.length > 1) {
  await check(`${others.join(' and ')} in one worktree: one commit holds them all`, others, async (repository) => {
    for (const agent of others) {
      const { prompts, turns } = draftOf(`${agent}.ts`)
      const { codes, log } = await runClient(agent, repository, prompts, turns)
      assert.equal(codes, [0], log)
    }
    await repository.git('add', '--all')
    await repository.git('commit', '--quiet', '-m', 'All of them')
    const explained = await explain(repository, 'HEAD')
    assert.equal(filesOf(explained), others.map((agent) => `${agent}.ts`).sort())
    const turns = explained.checkpoints.flatMap(({ record }) =>
      record.sessions.flatMap((session) => session.turns.map(({ prompt }) => `${session.agent}: ${prompt}`)))
    assert.equal(turns.sort(), others.map((agent) => `${agent}: Write ${agent}.ts`).sort())
  })
}

const failed = results.filter(({ failure }) => failure !== undefined).length
console.log(`${results.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
