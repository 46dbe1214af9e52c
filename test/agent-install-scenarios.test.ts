// Setting agents up and taking them out again: each agent's own file, in all worktrees, private or shared, and how it
// heals.

import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { HOOK_FORMS } from '../src/agents/hook-forms.ts'
import { HOOK_PLACES } from '../src/agents/hook-places.ts'
import { openRepository } from '../src/git/repository.ts'
import { equipWorktree } from '../src/init.ts'
import { hasAgentHooks } from '../src/model/agent-settings.ts'
import { AGENT_NAMES } from '../src/model/ids.ts'
import type { AgentName } from '../src/model/ids.ts'
import { uninstall } from '../src/uninstall.ts'
import { codeOf, makeFresh, photograph, setUp } from './support/install.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

const isSetUp = (repository: TestRepository, agent: AgentName, which: 'local' | 'shared' = 'local'): boolean =>
  repository.exists(HOOK_PLACES[agent][which])
  && hasAgentHooks(repository.read(HOOK_PLACES[agent][which]), HOOK_FORMS[agent])

const takeOut = async (repository: TestRepository): Promise<void> => {
  await uninstall(await openRepository(repository.root, repository.env), { data: false })
}

/** As people have them: comments, foreign hooks, another order than ours. */
const FOREIGN = '{\n  // mine\n  "version": 1,\n' +
  '  "hooks": {\n    "other": [\n      { "command": "./mine" }\n    ]\n  },\n' +
  '  "theme": "dark", /* keep */\n  "z": [1,2]\n}'

/** Agents without a private file of their own. */
const SINGLE = ['codex', 'cursor', 'gemini'] as const

/** A record of time: git writes it when it reads the index. */
const volatile = (path: string): boolean => path === '.git/index'

describe('init and uninstall', (it) => {
  for (const agent of AGENT_NAMES) {
    it(`set up ${agent} where it has no file, hide what they made, and leave nothing`, async () => {
      const { repository, program } = await makeFresh()
      const before = photograph(repository.root, volatile)
      const request = { agents: [agent], local: true }
      const { agents } = await setUp(repository, program, request)
      assert.equal(agents, [agent])
      assert.ok(isSetUp(repository, agent))
      assert.is(await repository.git('status', '--porcelain'), '')
      const once = photograph(repository.root, volatile)
      const again = await setUp(repository, program, request)
      assert.not.ok(again.changed)
      assert.equal(again.findings, [])
      assert.equal(photograph(repository.root, volatile), once)
      await takeOut(repository)
      assert.equal(photograph(repository.root, volatile), before)
      repository.remove()
    })

    if (agent === 'opencode') continue
    it(`give ${agent} its file back byte for byte, foreign hooks and comments in it`, async () => {
      for (const text of [FOREIGN, FOREIGN.replaceAll('\n', '\r\n'), `\ufeff${FOREIGN}\n`, '{}', '']) {
        const { repository, program } = await makeFresh()
        repository.write(HOOK_PLACES[agent].local, text)
        const before = photograph(repository.root, volatile)
        await setUp(repository, program, { agents: [agent] })
        assert.ok(isSetUp(repository, agent))
        if (text.includes('mine')) assert.match(repository.read(HOOK_PLACES[agent].local), '// mine')
        await takeOut(repository)
        assert.equal(photograph(repository.root, volatile), before)
        repository.remove()
      }
    })
  }

  it('shows a file of the user\'s own in git status as before', async () => {
    const { repository, program } = await makeFresh()
    repository.write('.gemini/settings.json', FOREIGN)
    await setUp(repository, program, { agents: ['gemini'], local: true })
    assert.is(await repository.git('status', '--porcelain', '-uall'), '?? .gemini/settings.json')
    repository.remove()
  })

  it('register in the shared file with --project, where everybody sees it', async () => {
    for (const agent of AGENT_NAMES) {
      const { repository, program } = await makeFresh()
      const request = { agents: [agent], local: true, project: true }
      await setUp(repository, program, request)
      assert.ok(isSetUp(repository, agent, 'shared'))
      const shown = `?? ${HOOK_PLACES[agent].shared}`
      assert.is(await repository.git('status', '--porcelain', '-uall'), shown)
      await setUp(repository, program, { agents: [agent], local: true })
      assert.is(await repository.git('status', '--porcelain', '-uall'), shown)
      await takeOut(repository)
      assert.is(await repository.git('status', '--porcelain', '-uall'), '')
      repository.remove()
    }
  })

  for (const agent of SINGLE) {
    it(`change ${agent}'s file that is in Git only with consent, or with --project`, async () => {
      const { repository, program } = await makeFresh()
      const name = HOOK_PLACES[agent].local
      await repository.commit('Share settings', { [name]: FOREIGN })
      const refused = await setUp(repository, program, { agents: [agent] })
      assert.is(repository.read(name), FOREIGN)
      assert.match(refused.findings.join('\n'), `--agent ${agent} --project`)
      for (const yes of [{ project: true }, { consent: () => Promise.resolve(true) }]) {
        await setUp(repository, program, { agents: [agent], ...yes })
        assert.ok(isSetUp(repository, agent))
        await takeOut(repository)
        assert.is(repository.read(name), FOREIGN)
      }
      repository.remove()
    })

    it(`leave to Git what came with it for ${agent}`, async () => {
      const { repository, program } = await makeFresh()
      await setUp(repository, program, { agents: [agent], project: true })
      await repository.git('add', '-f', HOOK_PLACES[agent].local)
      await repository.git('commit', '-qm', 'Share hooks')
      const text = repository.read(HOOK_PLACES[agent].local)
      // Another clone: nothing of it was written by us.
      rmSync(repository.bitloopsHome, { recursive: true })
      assert.equal((await setUp(repository, program, { agents: [agent] })).findings, [])
      await takeOut(repository)
      assert.is(repository.read(HOOK_PLACES[agent].local), text)
      repository.remove()
    })
  }

  it('leave alone what is behind a symbolic link, is no UTF-8, or is somebody else\'s plugin', async () => {
    const { repository, program } = await makeFresh()
    mkdirSync(join(repository.sandbox.folder, 'elsewhere'))
    symlinkSync('../elsewhere', join(repository.root, '.codex'))
    repository.write('.gemini/settings.json', new Uint8Array([123, 34, 255, 34, 58, 49, 125]))
    repository.write('.opencode/plugin/git-bitloops.js', 'export const Mine = 1\n')
    const { findings } = await setUp(repository, program, { agents: ['codex', 'gemini', 'opencode'] })
    for (const words of ['symbolic link', 'not UTF-8', 'not a file of git-bitloops']) {
      assert.match(findings.join('\n'), words)
    }
    assert.not.ok(existsSync(join(repository.sandbox.folder, 'elsewhere', 'hooks.json')))
    repository.remove()
  })
})

describe('worktrees', (it) => {
  it('get the agents of the others, when they are there and when they come; Codex reads the main one\'s', async () => {
    const { repository, program } = await makeFresh()
    await repository.commit('Begin')
    const before = photograph(repository.root, (path) => path.startsWith('.git'))
    const first = await repository.worktree('first')
    await setUp(repository, program, { agents: AGENT_NAMES, local: true })
    const second = await repository.worktree('second')
    assert.ok(await equipWorktree(await openRepository(second.root, second.env)))
    for (const agent of AGENT_NAMES) {
      assert.ok(isSetUp(repository, agent), agent)
      for (const linked of [first, second]) assert.is(isSetUp(linked, agent), agent !== 'codex', agent)
    }
    for (const place of [repository, first, second]) assert.is(await place.git('status', '--porcelain'), '')
    // Git removes a worktree that holds nothing but what is ignored.
    await repository.git('worktree', 'remove', first.root)
    await takeOut(second)
    assert.equal(photograph(repository.root, (path) => path.startsWith('.git')), before)
    assert.equal(Object.keys(photograph(second.root)).sort(), ['.git', '/'])
    repository.remove()
  })

  it('whose file is in Git are not changed', async () => {
    const { repository, program } = await makeFresh()
    await repository.commit('Begin')
    await setUp(repository, program, { agents: ['gemini'] })
    await repository.git('switch', '-qc', 'theirs')
    rmSync(join(repository.root, '.gemini'), { recursive: true })
    repository.write('.gemini/settings.json', FOREIGN)
    await repository.git('add', '-f', '.gemini/settings.json')
    await repository.git('commit', '-qm', 'Share settings')
    await repository.git('switch', '-q', 'main')
    const folder = join(dirname(repository.root), 'linked')
    await repository.git('worktree', 'add', '-q', folder, 'theirs')
    assert.not.ok(await equipWorktree(await openRepository(folder, repository.env)))
    assert.is(readFileSync(join(folder, '.gemini/settings.json'), 'utf8'), FOREIGN)
    repository.remove()
  })
})

describe('the agents', (it) => {
  it('that were set up are remembered; --agent adds to them', async () => {
    const { repository, program } = await makeFresh()
    await setUp(repository, program, { agents: ['gemini'] })
    assert.equal((await setUp(repository, program, { agents: ['codex', 'codex'] })).agents, ['codex', 'gemini'])
    rmSync(join(repository.root, '.codex'), { recursive: true })
    assert.equal((await setUp(repository, program, { agents: [] })).agents, ['codex', 'gemini'])
    assert.ok(isSetUp(repository, 'codex'))
    repository.remove()
  })

  it('that are found are offered once with what gave them away, then named', async () => {
    const { repository, program } = await makeFresh()
    repository.write('.cursor/rules', '')
    const offered: unknown[] = []
    const choose: NonNullable<Parameters<typeof setUp>[2]>['choose'] = (found, isFirst) => {
      offered.push([isFirst, ...found.filter(({ agent }) => agent === 'cursor').map(({ sign }) => sign)])
      return Promise.resolve(isFirst ? ['cursor'] : [])
    }
    assert.equal((await setUp(repository, program, { agents: [], choose })).agents, ['cursor'])
    repository.write('GEMINI.md', '')
    const again = await setUp(repository, program, { agents: [], choose })
    assert.equal(again.agents, ['cursor'])
    assert.match(again.findings.join('\n'), 'gemini is not set up, but GEMINI.md is in this repository')
    assert.equal(offered, [[true, '.cursor is in this repository'], [false]])
    repository.remove()
  })

  it('are claude-code where none is found, and nothing where all are declined', async () => {
    const { repository, program } = await makeFresh()
    repository.write('.codex/config.toml', '')
    const none = () => Promise.resolve([])
    assert.is(await codeOf(setUp(repository, program, { agents: [], choose: none })), 'no-agent')
    assert.not.ok(existsSync(repository.bitloopsHome))
    const { agents } = await setUp(repository, program, { agents: [] })
    assert.equal(agents, ['claude-code'])
    repository.remove()
  })
})

describe('registered commands', (it) => {
  it('say whose and which event it is, in all files at once, and are quiet where the script is gone', async () => {
    const { repository, program } = await makeFresh()
    await setUp(repository, program, { agents: AGENT_NAMES })
    const seen = join(repository.sandbox.folder, 'seen')
    const script = join(repository.bitloopsHome, 'agent-hook')
    writeFileSync(script, `printf '%s|' "$*" >>'${seen}'; cat >/dev/null; exit 2\n`)
    for (const agent of AGENT_NAMES) {
      const form = HOOK_FORMS[agent]
      if (form.kind === 'own-file') continue
      const texts = repository.read(HOOK_PLACES[agent].local).match(/"(?:command|bash)": ".*"/g) ?? []
      const commands = texts.map((text) => Object.values(JSON.parse(`{${text}}`) as object)[0] as string)
      assert.is(commands.length, form.entries.length)
      for (const command of commands) {
        const { code, output } = await repository.sh(command, { input: '{}' })
        assert.equal([code, output], [0, ''])
      }
      const events = form.entries.map(({ event }) => agent === 'copilot' ? `copilot ${event}|` : `${agent}|`)
      assert.is(readFileSync(seen, 'utf8'), events.join(''))
      rmSync(seen)
    }
    rmSync(script)
    const settings = JSON.parse(repository.read('.codex/hooks.json')) as
      { hooks: { Stop: [{ hooks: [{ command: string }] }] } }
    const { code, output } = await repository.sh(settings.hooks.Stop[0].hooks[0].command, { input: '{}' })
    assert.equal([code, output], [0, ''])
    repository.remove()
  })
})
