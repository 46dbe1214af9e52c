import {
  chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { run as hook } from '../git-commands/hook.ts'
import { BitloopsError } from '../src/errors.ts'
import { disable, enable } from '../src/enable.ts'
import { readSettings } from '../src/git/config.ts'
import { chooseWay } from '../src/git/hooks.ts'
import { openRepository } from '../src/git/repository.ts'
import { listWorktrees, parseWorktrees } from '../src/git/worktrees.ts'
import { equipWorktree } from '../src/init.ts'
import { hasAgentHooks } from '../src/model/agent-settings.ts'
import { uninstall } from '../src/uninstall.ts'
import { makeProgram, photograph, setUp } from './support/install.ts'
import type { FakeProgram } from './support/install.ts'
import { makeRepository } from './support/repository.ts'
import type { RepositoryOptions, TestRepository } from './support/repository.ts'
import { describe, rejects } from './support/suite.ts'

interface Fresh {
  readonly repository: TestRepository
  readonly program: FakeProgram
}

async function makeFresh(options: RepositoryOptions = {}): Promise<Fresh> {
  const repository = await makeRepository(options)
  return { repository, program: makeProgram(repository.sandbox.folder) }
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await rejects(promise)
  if (!(error instanceof BitloopsError)) throw error
  return error.code
}

/** A record of time: git writes it when it reads the index. */
const volatile = (path: string): boolean => path === '.git/index'

describe('init', (it) => {
  for (const options of [{}, { objectFormat: 'sha256' }, { at: `it's "a"\nplace` }] as const) {
    it(`HOOK-01: changes no byte the second time, before the first commit (${JSON.stringify(options)})`, async () => {
      const { repository, program } = await makeFresh(options)
      assert.ok((await setUp(repository, program)).changed)
      const once = photograph(repository.root, volatile)
      const again = await setUp(repository, program)
      assert.not.ok(again.changed)
      assert.equal(photograph(repository.root, volatile), once)
      assert.equal(again.findings, [])
      repository.remove()
    })
  }

  it('keeps what is private out of sight, and what was recorded to the user alone', async () => {
    const { repository, program } = await makeFresh()
    await setUp(repository, program, { local: true })
    repository.write('.bitloops/checkpoints/v1/x/session.json', '{}')
    assert.is(await repository.git('status', '--porcelain'), '')
    assert.is(statSync(repository.bitloopsHome).mode & 0o777, 0o700)
    assert.is(statSync(join(repository.bitloopsHome, 'inbox', 'new')).mode & 0o777, 0o700)
    repository.remove()
  })

  it('shows one file to commit, and the checkpoints only when they are to be tracked', async () => {
    const { repository, program } = await makeFresh()
    await setUp(repository, program)
    repository.write('.bitloops/checkpoints/v1/x/session.json', '{}')
    assert.is(await repository.git('status', '--porcelain', '-uall'), '?? .bitloops/settings.json')
    const chosen = { directory: 'tracked', push: 'manual', remote: 'origin' } as const
    const { settings } = await setUp(repository, program, { chosen })
    assert.equal({ directory: settings.directory, push: settings.push, remote: settings.remote }, chosen)
    assert.match(await repository.git('status', '--porcelain', '-uall'), '.bitloops/checkpoints/v1/x/session.json')
    repository.remove()
  })

  it('does in a subdirectory what it does at the top', async () => {
    const { repository, program } = await makeFresh()
    mkdirSync(join(repository.root, 'deep/er'), { recursive: true })
    await setUp(repository, program, {}, join(repository.root, 'deep/er'))
    assert.ok(repository.exists('.claude/settings.local.json'))
    assert.ok(repository.exists('.bitloops/settings.json'))
    assert.not.ok(repository.exists('deep/er/.claude'))
    repository.remove()
  })

  it('gives all existing worktrees their agent hooks, and later ones by `equipWorktree`', async () => {
    const { repository, program } = await makeFresh()
    await repository.commit('Begin')
    const first = await repository.worktree('first')
    const result = await setUp(repository, program, {}, first.root)
    assert.equal([...result.worktrees].sort(), [first.root, repository.root].sort())
    const second = await repository.worktree('second')
    assert.not.ok(second.exists('.claude'))
    assert.ok(equipWorktree(second.root))
    assert.not.ok(equipWorktree(second.root))
    for (const { read } of [repository, first, second]) {
      assert.ok(hasAgentHooks(read('.claude/settings.local.json'), 'claude-code'))
    }
    assert.is(await second.git('status', '--porcelain'), '')
    repository.remove()
  })

  it('HOOK-13: answers to `hook worktree`, which post-checkout calls, and only where init was run', async () => {
    const { repository, program } = await makeFresh()
    await repository.commit('Begin')
    const linked = await repository.worktree('linked')
    const call = (): Promise<number> => hook({
      cwd: linked.root, env: linked.env, isTerminal: false, now: Date.now, ask: () => Promise.resolve(false),
      out: (text) => { throw new Error(text) }, err: (text) => { throw new Error(text) },
    }, ['worktree'])
    assert.is(await call(), 0)
    assert.not.ok(linked.exists('.claude'))
    await setUp(repository, program)
    rmSync(join(linked.root, '.claude'), { recursive: true })
    assert.is(await call(), 0)
    assert.ok(linked.exists('.claude/settings.local.json'))
    repository.remove()
  })

  it('writes shared agent hooks on request, and no private ones beside them', async () => {
    const { repository, program } = await makeFresh()
    repository.write('.claude/settings.json', '{\n  // team\n  "model": "x"\n}\n')
    await setUp(repository, program, { project: true })
    await setUp(repository, program)
    assert.ok(hasAgentHooks(repository.read('.claude/settings.json'), 'claude-code'))
    assert.match(repository.read('.claude/settings.json'), '// team')
    assert.not.ok(repository.exists('.claude/settings.local.json'))
    repository.remove()
  })

  it('says what keeps agent hooks from working, and leaves a file alone that it cannot read', async () => {
    const { repository, program } = await makeFresh()
    repository.write('.claude/settings.local.json', '{ "hooks": [')
    const { findings } = await setUp(repository, program)
    assert.match(findings.join('\n'), 'settings.local.json was left alone: it is not a JSON object')
    repository.write('.claude/settings.local.json', '{ "disableAllHooks": true }')
    assert.match((await setUp(repository, program)).findings.join('\n'), '"disableAllHooks"')
    repository.remove()
  })

  it('HOOK-06: refuses a symbolic link and a read-only folder, and installs nothing by half', async () => {
    for (const spoil of [
      (root: string) => { symlinkSync('../../elsewhere', join(root, '.git/hooks/post-checkout')) },
      (root: string) => { chmodSync(join(root, '.git/hooks'), 0o555) },
      (root: string) => { mkdirSync(join(root, '.git/hooks/post-commit')) },
      (root: string) => { symlinkSync(tmpdir(), join(root, '.bitloops')) },
    ]) {
      const { repository, program } = await makeFresh()
      mkdirSync(join(repository.root, '.git/hooks'), { recursive: true })
      spoil(repository.root)
      const before = photograph(repository.root)
      assert.ok(['unsafe-file', 'cannot-write'].includes(await codeOf(setUp(repository, program))))
      assert.equal(photograph(repository.root), before)
      repository.remove()
    }
  })

  it('HOOK-06: takes everything back when writing fails half-way', async () => {
    const { repository, program } = await makeFresh()
    // A folder stands where the new text would be written before it takes its place.
    mkdirSync(join(repository.root, `.bitloops/settings.json.bitloops-${process.pid}/x`), { recursive: true })
    const before = photograph(repository.root)
    assert.is(await codeOf(setUp(repository, program)), 'cannot-write')
    assert.equal(photograph(repository.root), before)
    repository.remove()
  })

  it('HOOK-07: loses neither text when another tool has replaced a hook that called a moved one', async () => {
    const { repository, program } = await makeFresh()
    const hook = join(repository.root, '.git/hooks/post-commit')
    mkdirSync(join(repository.root, '.git/hooks'), { recursive: true })
    writeFileSync(hook, '#!/usr/bin/env python3\n# first\n', { mode: 0o755 })
    await setUp(repository, program)
    writeFileSync(hook, '#!/usr/bin/env python3\n# second\n', { mode: 0o755 })
    const result = await setUp(repository, program)
    assert.match(result.findings.join('\n'), 'post-commit.before-bitloops holds a hook from before')
    assert.match(readFileSync(`${hook}.before-bitloops`, 'utf8'), '# first')
    assert.match(readFileSync(`${hook}.before-bitloops.2`, 'utf8'), '# second')
    await uninstall(await openRepository(repository.root, repository.env), { data: false })
    assert.match(readFileSync(hook, 'utf8'), '# second')
    assert.match(readFileSync(`${hook}.before-bitloops`, 'utf8'), '# first')
    assert.not.ok(existsSync(`${hook}.before-bitloops.2`))
    repository.remove()
  })

  it('HOOK-08: leaves husky its generated folder, and writes in the tracked one only with consent', async () => {
    const { repository, program } = await makeFresh()
    repository.write('.husky/_/h', '')
    repository.write('.husky/_/.gitignore', '*')
    // What husky 9 generates, in short.
    repository.write('.husky/_/post-commit',
      '#!/usr/bin/env sh\nsh -e "$(dirname -- "$(dirname -- "$0")")/post-commit" "$@"\n')
    chmodSync(join(repository.root, '.husky/_/post-commit'), 0o755)
    repository.write('.husky/post-commit', 'echo mine >>ran\n')
    await repository.git('config', 'core.hooksPath', '.husky/_')
    const before = photograph(join(repository.root, '.husky'))

    const refused = await setUp(repository, program)
    assert.is(refused.hooks, 'none')
    assert.match(refused.findings.join('\n'), `add to ${repository.root}/.husky/post-commit: sh "$(git rev-parse`)
    assert.equal(photograph(join(repository.root, '.husky')), before)

    const questions: string[] = []
    const consent = (question: string): Promise<boolean> => Promise.resolve(questions.push(question) > 0)
    const agreed = await setUp(repository, program, { consent })
    assert.is(agreed.hooks, 'files')
    assert.is(questions.length, 1)
    const generated = (all: Readonly<Record<string, string>>): unknown =>
      Object.entries(all).filter(([path]) => path.startsWith('_'))
    assert.equal(generated(photograph(join(repository.root, '.husky'))), generated(before))
    writeFileSync(join(repository.bitloopsHome, 'pending'), '')
    await repository.git('commit', '-q', '--allow-empty', '-m', 'x')
    assert.equal(program.calls(), ['promote HEAD --hook'])
    assert.is(repository.read('ran'), 'mine\n')
    await uninstall(await openRepository(repository.root, repository.env), { data: false })
    assert.equal(photograph(join(repository.root, '.husky')), before)
    repository.remove()
  })

  it('HOOK-10: leaves a global core.hooksPath alone, and says the line that works there', async () => {
    const { repository, program } = await makeFresh()
    const folder = join(repository.home, 'hooks')
    mkdirSync(folder)
    writeFileSync(join(folder, 'post-commit'), '#!/bin/sh\necho scanned >>scanned\n', { mode: 0o755 })
    await repository.git('config', '--global', 'core.hooksPath', '~/hooks')
    const before = photograph(folder)
    const result = await setUp(repository, program)
    assert.is(result.hooks, 'none')
    assert.equal(photograph(folder), before)
    assert.ok(repository.exists('.claude/settings.local.json'))

    const told = `add to ${folder}/post-commit: `
    const line = result.findings.find((finding) => finding.startsWith(told))!.slice(told.length)
    writeFileSync(join(folder, 'post-commit'), `#!/bin/sh\n${line}\necho scanned >>scanned\n`)
    writeFileSync(join(repository.bitloopsHome, 'pending'), '')
    await repository.git('commit', '-q', '--allow-empty', '-m', 'x')
    assert.equal(program.calls(), ['promote HEAD --hook'])
    assert.is(repository.read('scanned'), 'scanned\n')
    repository.remove()
  })

  it('HOOK-10: keeps the text of git-lfs, which may come after us', async () => {
    const { repository, program } = await makeFresh()
    await setUp(repository, program)
    const lfs = '#!/bin/sh\ncommand -v git-lfs >/dev/null 2>&1 || { printf >&2 "\\n%s\\n\\n" "not found"; exit 2; }\n' +
      'git lfs post-commit "$@"\n'
    writeFileSync(join(repository.root, '.git/hooks/post-commit'), lfs)
    assert.ok((await setUp(repository, program)).changed)
    const hook = repository.read('.git/hooks/post-commit')
    assert.ok(hook.includes('bitloops') && hook.endsWith(lfs.slice('#!/bin/sh\n'.length)))
    repository.remove()
  })

  it('HOOK-09: names the manager whose install replaces hooks', async () => {
    const { repository, program } = await makeFresh()
    repository.write('lefthook.yml', '')
    assert.match((await setUp(repository, program)).findings.join('\n'), 'lefthook is in use here')
    repository.remove()
  })

  it('HOOK-12: refuses a bare repository, the inside of .git and unknown agents, clearly', async () => {
    const bare = await makeFresh({ bare: true })
    const before = photograph(bare.repository.root)
    assert.is(await codeOf(setUp(bare.repository, bare.program)), 'no-worktree')
    assert.equal(photograph(bare.repository.root), before)
    const { repository, program } = await makeFresh()
    assert.is(await codeOf(setUp(repository, program, {}, join(repository.root, '.git'))), 'no-worktree')
    assert.is(await codeOf(setUp(repository, program, { agents: ['hal'] })), 'unknown-agent')
    assert.not.ok(existsSync(repository.bitloopsHome))
    bare.repository.remove()
    repository.remove()
  })

  it('tells apart which Git knows hooks in its configuration', () => {
    assert.equal(['2.39.5', '2.53.9', '1.99', 'x'].map(chooseWay), ['files', 'files', 'files', 'files'])
    assert.equal(['2.54.0', '2.60.1.windows.1', '3.0'].map(chooseWay), ['config', 'config', 'config'])
  })

  it('HOOK-19: puts hooks into the configuration of Git 2.54, in an order in which no commit can fail', async () => {
    const { repository, program } = await makeFresh()
    const before = photograph(repository.root)
    const newer = withStandIn(repository)
    const result = await setUp({ ...repository, env: newer.env }, program)
    assert.is(result.hooks, 'config')
    assert.not.ok(repository.exists('.git/hooks/post-commit'))
    assert.not.ok((await setUp({ ...repository, env: newer.env }, program)).changed)
    writeFileSync(join(repository.bitloopsHome, 'pending'), '')
    const command = await repository.git('config', 'hook.bitloops-post-commit.command')
    // As git runs it: the text by sh, with the arguments behind.
    const ran = await repository.sh(`sh -c '${command.replaceAll("'", `'\\''`)} "$@"' hook`)
    assert.is(`${ran.code}${ran.output}`, '0')
    assert.equal(program.calls(), ['promote HEAD --hook'])
    rmSync(join(repository.bitloopsHome, 'pending'))
    await uninstall(await openRepository(repository.root, newer.env), { data: false })
    assert.equal(newer.broken(), [])
    assert.ok(newer.steps() >= 8, 'it was watched')
    assert.equal(photograph(repository.root), before)
    repository.remove()
  })
})

interface StandIn {
  readonly env: TestRepository['env']
  readonly broken: () => readonly string[]
  readonly steps: () => number
}

/** A `git` that says it is 2.54 and, after each change of the configuration, looks for an event without a command. */
function withStandIn(repository: TestRepository): StandIn {
  const folder = mkdtempSync(join(repository.sandbox.folder, 'newer-'))
  writeFileSync(join(folder, 'git'), `#!/bin/sh
PATH=\${PATH#*:}
case " $* " in *' version '*) echo 'git version 2.54.0'; exit ;; esac
git "$@"; code=$?
case " $* " in *' config --local --'*) echo step >>'${folder}/steps'
  for hook in post-commit post-checkout; do
    if git config --local hook.bitloops-$hook.event >/dev/null &&
      ! git config --local hook.bitloops-$hook.command >/dev/null; then echo "$hook" >>'${folder}/broken'; fi
  done ;;
esac
exit $code
`, { mode: 0o755 })
  const linesOf = (name: string): readonly string[] =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim().split('\n') : []
  const env = { ...repository.env, PATH: `${folder}:${repository.env['PATH']}` }
  return { env, broken: () => linesOf('broken'), steps: () => linesOf('steps').length }
}

describe('enable and disable', (it) => {
  const open = (repository: TestRepository, env = {}) => openRepository(repository.root, { ...repository.env, ...env })

  it('switch the marker and the local settings, and back', async () => {
    const { repository, program } = await makeFresh()
    await setUp(repository, program)
    const before = repository.read('.bitloops/settings.json')
    const off = await disable(await open(repository), 'local', 0)
    assert.equal(off, { changed: true, enabled: false, settingsFile: '.bitloops/settings.local.json' })
    assert.ok(existsSync(join(repository.bitloopsHome, 'disabled')))
    assert.not.ok((await readSettings(await open(repository))).settings.enabled)
    assert.not.ok((await disable(await open(repository), 'local', 0)).changed)
    assert.match((await setUp(repository, program)).findings.join('\n'), 'capture is switched off')
    assert.ok((await enable(await open(repository), 'local', 0)).enabled)
    assert.not.ok(existsSync(join(repository.bitloopsHome, 'disabled')))
    assert.not.ok((await enable(await open(repository), 'local', 0)).changed)
    assert.is(repository.read('.bitloops/settings.json'), before)
    repository.remove()
  })

  it('write the shared settings with --project, and say who overrules them', async () => {
    const { repository, program } = await makeFresh()
    await setUp(repository, program)
    await disable(await open(repository), 'project', 0)
    assert.match(repository.read('.bitloops/settings.json'), '"enabled": false')
    const overruled = await enable(await open(repository, { BITLOOPS_ENABLED: 'false' }), 'project', 0)
    assert.equal([overruled.enabled, overruled.overruledBy], [false, 'the environment'])
    repository.remove()
  })

  it('refuse where git-bitloops is not set up', async () => {
    const { repository } = await makeFresh()
    assert.is(await codeOf(disable(await open(repository), 'local', 0)), 'not-initialised')
    assert.not.ok(existsSync(repository.bitloopsHome))
    repository.remove()
  })

  it('are obeyed by settings that came with a clone, without a start of Node', async () => {
    const { repository, program } = await makeFresh()
    repository.write('.bitloops/settings.json', '{ "enabled": false }')
    await setUp(repository, program)
    assert.ok(existsSync(join(repository.bitloopsHome, 'disabled')))
    repository.remove()
  })
})

describe('readSettings', (it) => {
  it('reads files, git config and the environment, and a linked worktree those of the main one', async () => {
    const { repository } = await makeFresh()
    await repository.commit('Begin')
    repository.write('.bitloops/settings.json', '{ "directory": "off", "nonsense": 1, "keepRaw": 1 }')
    repository.write('.bitloops/settings.local.json', '{ torn')
    await repository.git('config', 'bitloops.keepRaw', '3')
    await repository.git('config', 'bitloops.summary.command', 'two\nlines')
    const linked = await repository.worktree('linked')
    const read = await readSettings(await openRepository(linked.root, { ...linked.env, BITLOOPS_PUSH: 'manual' }))
    assert.equal([read.settings.directory, read.settings.keepRaw, read.settings.push], ['off', 3, 'manual'])
    assert.is(read.settings.summaryCommand, 'two\nlines')
    const sources = read.findings.map(({ source }) => source)
    assert.equal(sources, ['.bitloops/settings.local.json', '.bitloops/settings.json'])
    repository.remove()
  })
})

describe('listWorktrees', (it) => {
  it('tells heads, branches and odd paths', async () => {
    const { repository } = await makeFresh({ at: 'new\nline' })
    const none = await listWorktrees({ cwd: repository.root, env: repository.env })
    assert.equal(none, [{ path: repository.root, branch: 'refs/heads/main', bare: false, prunable: false }])
    const head = await repository.commit('Begin')
    await repository.git('worktree', 'add', '-q', '--detach', '../gone')
    rmSync(join(repository.root, '../gone'), { recursive: true })
    const [, gone] = await listWorktrees({ cwd: repository.root, env: repository.env })
    assert.equal([gone!.head, gone!.branch, gone!.prunable], [head, undefined, true])
    repository.remove()
  })
  it('reads what git before 2.36 writes', () => {
    const text = `worktree /a b\nHEAD ${'1'.repeat(40)}\nbranch refs/heads/x\n\nworktree /c\nbare\n\n`
    const [main, bare] = parseWorktrees(text, '\n')
    assert.equal([main!.path, main!.branch, bare!.bare], ['/a b', 'refs/heads/x', true])
  })
})
