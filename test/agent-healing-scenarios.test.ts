// Agent hooks that something took away while people work: the next command puts them back, and says so in the log.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { trustHash } from '../src/agents/codex/trust.ts'
import { HOOK_FORMS } from '../src/agents/hook-forms.ts'
import type { SettingsForm } from '../src/model/agent-command.ts'
import { commandIn } from '../src/model/agent-settings.ts'
import { doctor, lineOf, told } from './support/doctor.ts'
import { makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

async function makeWith(agents: string): Promise<TestRepository> {
  const repository = await makeRepository()
  await repository.commit('Begin')
  const { code, output } = await repository.bitloops('init', '--local', '--agent', agents)
  if (code !== 0) throw new Error(output)
  return repository
}

const THEIRS = '{ "theme": "dark" }\n'

const logOf = ({ bitloopsHome }: TestRepository): string =>
  existsSync(join(bitloopsHome, 'log')) ? readFileSync(join(bitloopsHome, 'log'), 'utf8') : ''

describe('HOOK-18 agent hooks', (it) => {
  it('that another tool dropped are back after the next command, beside what it wrote', async () => {
    const repository = await makeWith('gemini,opencode')
    const made = repository.read('.opencode/plugin/git-bitloops.js')
    repository.write('.gemini/settings.json', THEIRS)
    rmSync(join(repository.root, '.opencode'), { recursive: true })
    const { stdout, stderr, code } = await repository.bitloops('log')
    assert.equal([code, stderr], [0, ''])
    assert.match(stdout, 'Begin')
    assert.match(repository.read('.gemini/settings.json'), /"theme": "dark"[^]*bitloops\/agent-hook/)
    assert.is(repository.read('.opencode/plugin/git-bitloops.js'), made)
    assert.is(logOf(repository).split('hooks of git-bitloops were gone').length, 2)
    await repository.bitloops('log')
    assert.is(logOf(repository).split('hooks of git-bitloops were gone').length, 2)
    repository.remove()
  })

  it('stay away while capture is off, and after uninstall', async () => {
    const repository = await makeWith('gemini')
    await repository.bitloops('disable')
    repository.write('.gemini/settings.json', THEIRS)
    await repository.bitloops('log')
    assert.is(repository.read('.gemini/settings.json'), THEIRS)
    await repository.bitloops('enable')
    await repository.bitloops('log')
    assert.match(repository.read('.gemini/settings.json'), 'agent-hook')
    await repository.bitloops('uninstall')
    await repository.bitloops('log')
    assert.not.match(repository.read('.gemini/settings.json'), 'agent-hook')
    repository.remove()
  })

  it('that cannot be put back are left to their new owner, and nobody tries again', async () => {
    const repository = await makeWith('gemini')
    rmSync(join(repository.root, '.gemini'), { recursive: true })
    repository.write('.gemini/settings.json', THEIRS)
    await repository.git('add', '-f', '.gemini/settings.json')
    await repository.git('commit', '-qm', 'Share settings')
    await repository.bitloops('log')
    assert.is(repository.read('.gemini/settings.json'), THEIRS)
    const { files } = JSON.parse(readFileSync(join(repository.bitloopsHome, 'installed.json'), 'utf8')) as
      { files: Record<string, unknown> }
    assert.not.ok(Object.keys(files).some((name) => name.includes('.gemini')))
    assert.match(told(await doctor(repository)), /fail agent-hooks: .*is in Git, and was left alone: .*--project/)
    repository.remove()
  })
})

describe('status and doctor', (it) => {
  it('know all agents by their files', async () => {
    const repository = await makeWith('claude-code,copilot,cursor,gemini,opencode')
    assert.match((await repository.bitloops('status')).stdout, 'Agents:      claude-code, copilot, cursor, gemini, ope')
    const diagnosis = await doctor(repository)
    assert.is(told(diagnosis), '')
    assert.match(lineOf(diagnosis, 'agent-hooks').message, /copilot.* in 1 worktree; what a probe delivered arrived/)
    rmSync(join(repository.root, '.cursor'), { recursive: true })
    assert.match(told(await doctor(repository)), /fail agent-hooks: this worktree has no agent hooks of cursor/)
    assert.is(told(await doctor(repository, '--fix')), '')
    repository.remove()
  })

  it('say what Codex does not run until it is trusted', async () => {
    const repository = await makeWith('codex')
    const hooks = join(repository.root, '.codex', 'hooks.json')
    const state = (command: string): string => (HOOK_FORMS.codex as SettingsForm).entries.map(({ event, item }) => {
      const { timeout } = (item['hooks'] as [{ timeout: number }])[0]
      const key = `${hooks}:${event.replace(/(.)([A-Z])/g, '$1_$2').toLowerCase()}:0:0`
      return `[hooks.state."${key}"]\ntrusted_hash = "${trustHash(event, command, timeout)}"\n`
    }).join('')
    const folder = `[projects."${repository.root}"]\ntrust_level = "trusted"\n`
    mkdirSync(join(repository.home, '.codex'))
    for (const [config, words] of [
      ['', /^warn agent-hooks: codex does not run its hooks in this worktree: .*trust the folder → start codex here/],
      [folder, /: you have not trusted them → /],
      [folder + state('another'), /: you have trusted them in another version → /],
      [folder + state(commandIn(HOOK_FORMS.codex)!), /^$/],
    ] as const) {
      writeFileSync(join(repository.home, '.codex', 'config.toml'), config)
      const diagnosis = await doctor(repository)
      assert.match(told(diagnosis), words)
      assert.is(diagnosis.code, 0)
    }
    repository.remove()
  })
})
