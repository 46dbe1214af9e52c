// Where the Git hooks go: beside those of other tools, or into the configuration of a Git that knows hooks there.

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { chooseWay } from '../../src/git/hooks.ts'
import { openRepository } from '../../src/git/repository.ts'
import { uninstall } from '../../src/uninstall.ts'
import { makeFresh, photograph, setUp } from '../support/install.ts'
import type { TestRepository } from '../support/repository.ts'
import { describe } from '../support/suite.ts'

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

describe('hooks of the repository', (it) => {
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
