// Secrets in every text that agents tell of: none is in a Git object, in a file outside of the live store, or in what
// is printed; and nothing that a terminal would obey is printed.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { findAdapter } from '../src/agents/registry.ts'
import { AGENT_NAMES } from '../src/model/ids.ts'
import type { AgentName } from '../src/model/ids.ts'
import { CHECKPOINTS_REF, NOTES_REF } from '../src/model/checkpoint.ts'
import { CASES } from './support/agent-cases.ts'
import { addToRef, entireFiles } from './support/foreign.ts'
import { filesBelow, FOLDERS } from './support/old-session.ts'
import { makePlanter, OBEYED, UNSAFE } from './support/planting.ts'
import type { Planter } from './support/planting.ts'
import { playClaude } from './support/player.ts'
import { replay } from './support/replay.ts'
import { makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

const TOLD = [
  'explain --full', 'explain --transcript', 'explain --full --json', 'rewind --list', 'rewind --to 1 --json',
  'status --json', 'resume --force --json', 'export --format agent-trace',
]
const COMMANDS = [
  ...TOLD, 'status', 'status --porcelain', 'explain', 'explain --short', 'explain HEAD~1..HEAD', 'log', 'log --json',
  'log -z', 'rewind --list --json', 'rewind --to 1^ --dry-run', 'rewind --undo', 'resume', 'import', 'import --json',
  'doctor', 'doctor --verify --json', 'promote --session', 'push', 'fetch',
]

/** Runs each command; what it says is looked at. */
async function assertQuiet(repository: TestRepository, planter: Planter, commands: readonly string[]): Promise<void> {
  for (const command of commands) {
    const { code, output } = await repository.bitloops(...command.split(' '))
    assert.ok(code >= 0 && code <= 128, `${command} (${code}): ${output}`)
    assert.equal(planter.findIn(output), [], command)
    const unsafe = UNSAFE.exec(command.endsWith('-z') ? output.replaceAll('\0', '') : output)
    assert.is(unsafe, null, `${command}: ${JSON.stringify(output.slice(Math.max(0, (unsafe?.index ?? 0) - 99)))}`)
  }
}

/** All objects, reachable or not, and all files but those of the live store and the agent's own. */
async function assertKept(repository: TestRepository, planter: Planter, agent: AgentName): Promise<void> {
  const { stdout } = await repository.sh('git cat-file --batch-all-objects --batch --buffer; git for-each-ref')
  assert.ok(stdout.split('[REDACTED:').length > 20, 'what was told is there, redacted')
  assert.equal(planter.findIn(stdout), [], 'objects')
  for (const folder of [repository.root, repository.home]) {
    for (const path of filesBelow(folder)) {
      const file = join(folder, path)
      const own = [repository.bitloopsHome, join(repository.home, FOLDERS[agent])]
      if (own.some((each) => file.startsWith(`${each}/`))) continue
      assert.equal(planter.findIn(readFileSync(file, 'latin1')), [], file)
    }
  }
}

describe('a secret in every text', (it) => {
  for (const agent of AGENT_NAMES) {
    it(`SEC-01 of ${agent} leads nowhere`, async () => {
      const planter = makePlanter()
      const { capture, rounds, model: _model, foreign: _foreign, tracked: _tracked, ...options } = CASES[agent]
      const repository = await makeRepository()
      await repository.commit('Begin', { 'README.md': '# Example\n' })
      const remote = join(repository.sandbox.folder, 'remote.git')
      await repository.sh(`git init -q --bare '${remote}' && git remote add origin '${remote}'`)
      const init = await repository.bitloops('init', '--agent', agent)
      assert.is(init.code, 0, init.output)
      const session = replay(repository, findAdapter(agent)!, capture, { ...options, plant: planter.plant })
      for (const round of rounds) {
        await session.round()
        await repository.git('add', '--', ...round.files)
        const { output } = await repository.tryGit('commit', '-m', 'Round')
        assert.equal(planter.findIn(output), [])
        await repository.waitForIdle()
      }
      assert.ok(planter.count() > 50, String(planter.count()))
      await assertQuiet(repository, planter, agent === 'claude-code' ? COMMANDS : TOLD)
      await repository.waitForIdle()
      await assertKept(repository, planter, agent)
      repository.remove()
    })
  }
})

describe('a secret where nobody looks for one', (it) => {
  it('SEC-03 in ids, names of models, tools, files and branches leads nowhere', async () => {
    const planter = makePlanter()
    const token = (): string => planter.secret('token')
    const repository = await makeRepository()
    await repository.commit('Begin', { 'README.md': '# Example\n' })
    const [, password] = planter.secret('assignment').split('=')
    await repository.git('remote', 'add', 'origin', `https://me:${password}@127.0.0.1:1/x.git`)
    await repository.bitloops('init', '--agent', 'claude-code')
    await repository.git('checkout', '--quiet', '-b', `fix/${token()}`)
    const claude = playClaude(repository, { session: token(), model: `model-${token()}` })
    await claude.start()
    await claude.prompt('Limit logins')
    await claude.write(`src/${token()}.ts`, 'export const limit = 3\n')
    const input = { [token()]: 1, password: 12_345_678 }
    await claude.tool(`mcp__${token()}`, input, () => ({ text: token(), response: {} }))
    await claude.stop('Done.')
    await repository.git('add', '--all')
    await repository.git('commit', '--quiet', '-m', 'Limit logins')
    await repository.waitForIdle()

    await assertQuiet(repository, planter,
      ['status', 'explain --full --json', 'log --json', 'doctor', 'push', 'fetch', 'explain --remote origin'])
    const { stdout } = await repository.sh(`git ls-tree -r ${CHECKPOINTS_REF}; git ls-tree -r ${NOTES_REF}
      git rev-list --objects ${CHECKPOINTS_REF} ${NOTES_REF} | cut -d' ' -f1 | git cat-file --batch`)
    assert.match(stdout, /"session": "\[REDACTED:github-token\]"/)
    assert.equal(planter.findIn(stdout), [])
    assert.not.match(stdout, '12345678')
    repository.remove()
  })

  it('SEC-03 in what git-ai and Entire kept leads nowhere', async () => {
    const planter = makePlanter()
    const token = (): string => planter.secret('token')
    const repository = await makeRepository()
    const commit = await repository.commit('Begin\n\nEntire-Checkpoint: a1b2c3d4e5f6', { 'src/a.ts': 'a\n' })
    const note = planter.plant(JSON.stringify({
      schema_version: 'authorship/3.0.0', git_ai_version: '1.0 beta', base_commit_sha: commit, prompts: {
        abcd1234abcd1234: {
          agent_id: { tool: 'claude', id: token(), model: token() },
          messages: [{ type: 'user', text: 'Make it' }, { type: 'assistant', text: 'Made it.' }],
        },
      },
    }))
    await repository.sh('git notes --ref ai add -F - HEAD', { input: `src/a.ts\n  abcd1234abcd1234 1\n---\n${note}` })
    await addToRef(repository, 'refs/heads/entire/checkpoints/v1', entireFiles('a1/b2c3d4e5f6/', 'a1b2c3d4e5f6', [{
      metadata: {
        session_id: token(), agent: 'Claude Code', model: token(), branch: token(), created_at: '2026-11-20T16:00:00Z',
        files_touched: ['src/a.ts', `src/${token()}.ts`],
      },
      prompts: [`Make it ${planter.secret('url')} ${OBEYED}`, planter.secret('key')],
    }]))
    await repository.bitloops('init', '--agent', 'claude-code')

    await assertQuiet(repository, planter, ['git-ai', 'entire'].flatMap((tool) =>
      [`import --from ${tool} --dry-run`, `import --from ${tool} --json`]))
    await assertQuiet(repository, planter,
      ['explain --full', 'explain --full --json', 'log', 'export --format agent-trace'])
    const { stdout } = await repository.sh(`git ls-tree -r ${CHECKPOINTS_REF}
      git rev-list --objects ${CHECKPOINTS_REF} ${NOTES_REF} | cut -d' ' -f1 | git cat-file --batch`)
    assert.ok(stdout.split('[REDACTED:').length > 20, 'what was kept is there, redacted')
    assert.equal(planter.findIn(stdout), [])
    repository.remove()
  })
})
