// The scenarios of all agents through the program as it is installed: recorded sessions are replayed through what init
// wrote into each agent's settings.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { HOOK_PLACES } from '../src/agents/hook-places.ts'
import { findAdapter } from '../src/agents/registry.ts'
import { AGENT_NAMES } from '../src/model/ids.ts'
import type { AgentName } from '../src/model/ids.ts'
import { assertTold, CASES, explain, explainOne, toldBy } from './support/agent-cases.ts'
import type { Explained } from './support/agent-cases.ts'
import { photograph } from './support/install.ts'
import { playClaude } from './support/player.ts'
import { replay } from './support/replay.ts'
import type { Replay, ReplayOptions } from './support/replay.ts'
import { hasDrafts, makeRepository, until } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

async function makeFor(...agents: readonly AgentName[]): Promise<TestRepository> {
  const repository = await makeRepository()
  await repository.commit('Begin', { 'README.md': '# Example\n' })
  await init(repository, ...agents.flatMap((agent) => ['--agent', agent]))
  return repository
}

async function init(repository: TestRepository, ...words: readonly string[]): Promise<void> {
  const { code, output } = await repository.bitloops('init', ...words)
  assert.is(code, 0, output)
}

const play = (repository: TestRepository, agent: AgentName, capture: string, options?: ReplayOptions): Replay =>
  replay(repository, findAdapter(agent)!, capture, options)

/** By the user, of what the agents made, and of nothing else. */
async function commit(repository: TestRepository, message: string, ...paths: readonly string[]): Promise<void> {
  await repository.git('add', '--', ...paths)
  await repository.git('commit', '--quiet', '-m', message)
}

/** The file as somebody has it: comments, a hook of another tool, an order that is not ours. */
const foreignSettings = ([event, hook]: readonly [string, object]): string =>
  `{\n  // mine\n  "z": [1,2],\n  "version": 1,\n  "hooks": {\n    "${event}": [\n      ${JSON.stringify(hook)}\n` +
  '    ]\n  }, /* keep */\n  "theme": "dark"\n}\n'

const folderOf = (repository: TestRepository, agent: AgentName): string =>
  join(repository.root, HOOK_PLACES[agent].local.split('/')[0]!)

describe('init, a session, two commits, uninstall', (it) => {
  for (const agent of AGENT_NAMES) {
    const { capture, model, foreign, tracked, rounds, ...options } = CASES[agent]
    it(`AGT-01 ${agent}: who was asked what, answered what and did what, twice`, async () => {
      const repository = await makeRepository()
      await repository.commit('Begin', { 'README.md': '# Example\n' })
      if (foreign === undefined) repository.write('.opencode/plugin/mine.js', 'export const Mine = async () => ({})\n')
      else repository.write(HOOK_PLACES[agent].local, foreignSettings(foreign))
      if (tracked) await commit(repository, 'Share settings', HOOK_PLACES[agent].local)
      const before = photograph(folderOf(repository, agent))
      await init(repository, '--agent', agent, ...tracked ? ['--project'] : [])

      const session = play(repository, agent, capture, options)
      for (const [at, round] of rounds.entries()) {
        await session.round()
        await commit(repository, `Round ${at + 1}`, ...round.files)
      }

      for (const [at, round] of rounds.entries()) {
        const { record, transcript, session: told } = await explainOne(repository, at === 0 ? 'HEAD~1' : 'HEAD')
        assert.equal([told.agent, told.models, told.turns.map(({ number, prompt }) => [number, prompt])],
          [agent, [model], [[at + 1, round.prompt]]])
        assertTold(transcript, round)
        assert.equal(record.files.map(({ path, evidence }) => [path, evidence]),
          round.files.map((path) => [path, 'tool']))
        assert.equal(told.usage && [told.usage.input, told.usage.output], round.tokens)
      }
      if (foreign !== undefined) assert.match((await repository.sh('cat ~/mine')).stdout, 'mine\nmine\n')

      const { code, output } = await repository.bitloops('uninstall')
      assert.is(code, 0, output)
      assert.equal(photograph(folderOf(repository, agent)), before)
      repository.remove()
    })
  }
})

describe('two agents in one worktree', (it) => {
  it('AGT-02 are both behind a commit that has work of both, and each alone behind its own', async () => {
    const repository = await makeFor('claude-code', 'codex')
    const claude = play(repository, 'claude-code', '01-tools')
    const codex = play(repository, 'codex', 'resume', { file: 'src/token-auth.ts' })
    // Of what both might have written while they ran a command, Claude Code tells before Codex is at its end.
    while (await claude.step() && await claude.step()) await codex.step()
    await codex.round()
    await commit(repository, 'Both', 'src', 'docs')
    await codex.round()
    await commit(repository, 'Codex', 'src')
    await claude.round()
    await commit(repository, 'Claude', 'src')

    const [both] = await explain(repository, 'HEAD~2')
    assert.equal(both?.record.sessions.map(({ agent, turns }) => [agent, turns.map(({ prompt }) => prompt)]).sort(), [
      ['claude-code', ['Add an auth module with login and logout']],
      ['codex', ['Add token auth to this project and commit it']],
    ])
    const sessions = new Map(both!.record.sessions.map(({ agent, session }) => [session, agent]))
    assert.equal(both?.record.files.map(({ path, sessions: of }) => [path, of.map((one) => sessions.get(one))]), [
      ['docs/auth.md', ['claude-code']], ['src/auth.ts', ['claude-code']], ['src/token-auth.ts', ['codex']],
    ])
    for (const agent of ['claude-code', 'codex'] as const) {
      const [first] = CASES[agent].rounds
      const answers = first.answers.map((text) =>
        agent === 'codex' ? text.replace('src/auth.ts', 'src/token-auth.ts') : text)
      assertTold(both!.transcript.filter((entry) => entry.agent === agent), { ...first, answers })
    }
    for (const [revision, agent] of [['HEAD~1', 'codex'], ['HEAD', 'claude-code']] as const) {
      const { session, transcript } = await explainOne(repository, revision)
      assert.is(session.agent, agent)
      assertTold(transcript, CASES[agent].rounds[1])
    }
    const { stdout } = await repository.bitloops('log', '--json')
    const { commits } = JSON.parse(stdout) as { commits: { commit: { subject: string }; checkpoints: Explained[] }[] }
    assert.equal(commits.map(({ commit: { subject }, checkpoints }) =>
      [subject, checkpoints.flatMap(({ record }) => record.sessions.map(({ agent }) => agent)).sort()]), [
      ['Claude', ['claude-code']], ['Codex', ['codex']], ['Both', ['claude-code', 'codex']], ['Begin', []],
    ])
    repository.remove()
  })
})

describe('the settings of Claude Code', (it) => {
  for (const agents of [['claude-code'], ['copilot', 'claude-code']] as const) {
    it(`AGT-01 run by Copilot tell of Copilot, each thing once, with hooks for ${agents.join(' and ')}`, async () => {
      const repository = await makeFor(...agents)
      await play(repository, 'copilot', 'pascal').round()
      await commit(repository, 'Add auth', 'src')
      const { record, transcript, session } = await explainOne(repository, 'HEAD')
      assert.equal([session.agent, session.turns.length], ['copilot', 1])
      assert.equal([session.usage?.input, session.usage?.output], [21207, 311])
      assertTold(transcript, CASES.copilot.rounds[0])
      assert.equal(record.files.map(({ path, evidence }) => [path, evidence]), [['src/auth.ts', 'tool']])
      repository.remove()
    })
  }
})

describe('Claude Code', (it) => {
  it('AGT-04 writes its last answer after the stop hook, which does not wait: the commit has it', async () => {
    const repository = await makeFor('claude-code')
    // A client of before 2.1 does not tell it to the hook either.
    const claude = playClaude(repository, { version: '2.0.76' })
    await claude.start()
    await claude.prompt('Write a file')
    await claude.write('src/a.ts', 'export const a = 1\n')
    await claude.stop('It is written.', { written: 'after' })
    await commit(repository, 'Add a', 'src')
    const { session } = await explainOne(repository, 'HEAD')
    assert.is(session.turns[0]?.response, 'It is written.')
    assert.ok(claude.hookRuns.every(({ ms }) => ms < 2000))
    repository.remove()
  })
})

describe('a session whose payloads do not say where its transcript is', (it) => {
  it('AGT-06 of Codex is found by its id in the dated folders', async () => {
    const repository = await makeFor('codex')
    await play(repository, 'codex', 'resume', { without: ['transcript_path'] }).round()
    // The drain looks for it; a commit that is faster gets the rest as a continuation.
    await repository.waitForIdle()
    await commit(repository, 'Add auth', 'src')
    const { transcript } = await explainOne(repository, 'HEAD')
    assertTold(transcript, CASES.codex.rounds[0])
    repository.remove()
  })
})

describe('an agent whose edits only its transcript tells', (it) => {
  it('AGT-04 of Copilot is behind a commit of the user in the middle of its turn', async () => {
    const repository = await makeFor('copilot')
    const played = play(repository, 'copilot', 'resume')
    while (!repository.exists('src/auth.ts')) await played.step()
    await played.step()
    await played.step()
    await until('the turn is known', () => hasDrafts(repository))
    await commit(repository, 'In the middle', 'src')
    const { session, record } = await explainOne(repository, 'HEAD')
    assert.equal([session.agent, record.files.map(({ path }) => path)], ['copilot', ['src/auth.ts']])
    repository.remove()
  })
})

describe('OpenCode', (it) => {
  it('AGT-09 killed in its work, with all that was temporary, has lost nothing when it is there again', async () => {
    const repository = await makeFor('opencode')
    const session = play(repository, 'opencode', 'resume')
    while (!repository.exists('src/auth.ts')) await session.step()
    for (let more = 0; more < 4; more += 1) await session.step()
    session.kill()
    assert.equal(readdirSync(repository.sandbox.folder).sort(), ['bin', 'home', 'loaded', 'project'])
    await commit(repository, 'Begun', 'src')
    await session.round()
    await commit(repository, 'Done', 'src')
    const [first, second] = CASES.opencode.rounds
    const begun = await explainOne(repository, 'HEAD~1')
    assert.equal(begun.session.turns.map(({ number, prompt }) => [number, prompt]), [[1, first.prompt]])
    assert.equal(begun.record.files.map(({ path, evidence }) => [path, evidence]), [['src/auth.ts', 'tool']])
    const done = await explainOne(repository, 'HEAD')
    assert.equal(done.session.turns.map(({ number, prompt }) => [number, prompt]), [[2, second.prompt]])
    assertTold(done.transcript, second)
    repository.remove()
  })
})

describe('explain', (it) => {
  it('EXP-05 shows prompts, answers, thinking and tool calls of all six agents behind one commit', async () => {
    const repository = await makeFor(...AGENT_NAMES)
    const fileOf = (agent: AgentName): string => `src/${agent}.ts`
    for (const agent of AGENT_NAMES) {
      const { capture, transcripts } = CASES[agent]
      const options = { file: fileOf(agent), ...transcripts === undefined ? {} : { transcripts } }
      await play(repository, agent, capture, options).round()
    }
    await commit(repository, 'All', 'src', 'docs')
    const [all] = await explain(repository, 'HEAD')
    // Lines are broken where they get long.
    const inOneLine = (lines: string): string => lines.replaceAll(/\s+/g, ' ')
    const text = inOneLine((await repository.bitloops('explain', '--full')).stdout)
    for (const agent of AGENT_NAMES) {
      const [round] = CASES[agent].rounds
      const session = toldBy(all!.transcript.filter((entry) => entry.agent === agent))
      assert.equal([session.prompts, session.tools], [[round.prompt], round.tools], agent)
      assert.is(session.answers.at(-1), round.answers.at(-1)!.replace('src/auth.ts', fileOf(agent)))
      assert.ok(session.thoughts.length > 0, agent)
      for (const words of [...session.prompts, ...session.thoughts, session.answers.at(-1)!, ...session.tools]) {
        assert.match(text, inOneLine(words))
      }
    }
    repository.remove()
  })
})
