// The Git hooks as git runs them, with a program in place of ours that only writes down how it was started.

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { commit, makePending, makeProgram, PROMOTE, setUp } from './support/install.ts'
import { makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

function writeHook(repository: TestRepository, name: string, text: string | Uint8Array, mode = 0o755): string {
  const path = join(repository.root, '.git', 'hooks', name)
  mkdirSync(join(repository.root, '.git', 'hooks'), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

describe('git hooks', (it) => {
  it('HOOK-01: start the program at a commit when something waits, and not when nothing does', async () => {
    const { repository, program } = await makePending()
    await commit(repository)
    assert.equal(program.calls(), [PROMOTE])
    rmSync(join(repository.bitloopsHome, 'pending'))
    await commit(repository)
    assert.is(program.calls().length, 1)
    writeFileSync(join(repository.bitloopsHome, 'inbox', 'new', '1'), 'x')
    await commit(repository)
    assert.is(program.calls().length, 2)
    rmSync(join(repository.bitloopsHome, 'inbox', 'new', '1'))
    await repository.sh('CLAUDECODE=1 git commit --allow-empty -qm by-agent')
    assert.is(program.calls().length, 3)
    repository.remove()
  })

  it('CAP-16: answer without the program when capture is off, in all the ways to say so', async () => {
    const { repository, program } = await makePending()
    for (const way of [
      'git -c bitloops.enabled=false commit', 'git -c Bitloops.Enabled=off commit',
      'BITLOOPS_ENABLED=false git commit', 'BITLOOPS_INSIDE=1 git commit',
      `GIT_CONFIG_PARAMETERS="'bitloops.enabled=false'" git commit`,
    ]) assert.is((await repository.sh(`${way} --allow-empty -qm x`)).code, 0)
    writeFileSync(join(repository.bitloopsHome, 'disabled'), '')
    await commit(repository)
    assert.equal(program.calls(), [])
    rmSync(join(repository.bitloopsHome, 'disabled'))
    await repository.sh('git -c bitloops.push=false commit --allow-empty -qm x')
    assert.equal(program.calls(), [PROMOTE])
    repository.remove()
  })

  it('HOOK-02: let a foreign hook run with its arguments, whatever it does and however it ends', async () => {
    const { repository, program } = await makePending()
    const seen = join(repository.sandbox.folder, 'seen')
    writeHook(repository, 'post-commit', `#!/bin/sh -eu\nprintf 'post-commit %s\\n' "$#" >>'${seen}'\nexec false\n`)
    writeHook(repository, 'post-checkout', `#!/bin/bash\nset -euo pipefail\nprintf '%s ' "$@" >>'${seen}'\nexit 7\n`)
    await setUp(repository, program)
    assert.is((await commit(repository)).code, 0)
    assert.equal(program.calls(), [PROMOTE])
    const head = await repository.git('rev-parse', 'HEAD')
    assert.is((await repository.tryGit('checkout', '-q', '-b', 'other')).code, 1, 'what git makes of it')
    assert.is(readFileSync(seen, 'utf8'), `post-commit 0\n${head} ${head} 1 `)
    repository.remove()
  })

  it('HOOK-02, HOOK-03: pass arguments, input and exit code to a hook that was moved aside', async () => {
    const { repository, program } = await makePending()
    const seen = join(repository.sandbox.folder, 'seen')
    const text = `#!${process.execPath}\nconst { readFileSync, writeFileSync } = require('fs')\n` +
      `writeFileSync('${seen}', process.argv.slice(2).join(',') + '|' + readFileSync(0)); process.exit(5)\n`
    const path = writeHook(repository, 'post-checkout', text)
    await setUp(repository, program)
    assert.is(readFileSync(`${path}.before-bitloops`, 'utf8'), text)
    const outcome = await repository.sh(`.git/hooks/post-checkout one 'two words' <a.txt`)
    assert.is(outcome.code, 5)
    assert.is(readFileSync(seen, 'utf8'), 'one,two words|a\n')
    repository.remove()
  })

  it('HOOK-05: do not bring a hook to life that Git did not run', async () => {
    const { repository, program } = await makePending()
    const path = writeHook(repository, 'post-commit', '#!/bin/sh\ntouch alive\n', 0o644)
    await setUp(repository, program)
    await commit(repository)
    assert.not.ok(repository.exists('alive'))
    assert.equal(program.calls(), [PROMOTE])
    assert.ok(existsSync(`${path}.before-bitloops`))
    repository.remove()
  })

  it('HOOK-05: let hooks with a BOM, line ends of Windows or no #! line do what they did', async () => {
    const { repository } = await makePending()
    const plain = await makeRepository()
    const texts = {
      BOM: '\ufeff#!/bin/sh\necho ran >&2\n',
      CRLF: '#!/bin/sh\r\necho ran >&2\r\n',
      bare: 'echo ran >&2\n',
    }
    for (const [name, text] of Object.entries(texts)) {
      const outcomes: string[] = []
      for (const place of [repository, plain]) {
        writeHook(place, 'post-commit', text)
        rmSync(join(place.root, '.git/hooks/post-commit.before-bitloops'), { force: true })
        if (place === repository) await setUp(repository, makeProgram(repository.sandbox.folder))
        const outcome = await commit(place)
        outcomes.push(`${outcome.code} ${/^ran$/m.test(outcome.stderr)}`)
      }
      assert.is(outcomes[0], outcomes[1], name)
    }
    repository.remove()
    plain.remove()
  })

  it('HOOK-12: work in linked worktrees, from subdirectories, and in names that sh might trip over', async () => {
    for (const at of ['plain', `it's "a" $HOME\n*`, 'ünï cöde']) {
      const { repository, program } = await makePending({ at }, 'pwd >>"$HOME/places"')
      const linked = await repository.worktree('linked')
      await linked.commit('There', { 'c.txt': 'c\n' })
      await repository.sh('mkdir -p deep/er && cd deep/er && git commit -qm deep --allow-empty')
      assert.equal(program.calls(), ['hook worktree', PROMOTE, PROMOTE], JSON.stringify(at))
      const places = readFileSync(join(repository.home, 'places'), 'utf8')
      assert.is(places, `${linked.root}\n${linked.root}\n${repository.root}\n`)
      repository.remove()
    }
  })

  it('HOOK-12: work in a submodule, with a separate Git directory, and for dot files', async () => {
    const { repository, program } = await makePending()
    const run = async (script: string): Promise<void> => {
      const outcome = await repository.sh(script, { cwd: repository.sandbox.folder })
      assert.is(outcome.code, 0, outcome.output)
    }
    const install = async (cwd: string, env: Readonly<Record<string, string>> = {}): Promise<void> => {
      const place = { ...repository, env: { ...repository.env, ...env } }
      const { home } = await setUp(place, program, {}, cwd)
      writeFileSync(join(home, 'pending'), '')
    }
    const { folder } = repository.sandbox
    await run('git -c protocol.file.allow=always -C project submodule --quiet add ../project sub')
    await install(join(folder, 'project', 'sub'))
    await run('cd project/sub && git commit -q --allow-empty -m sub')
    await run('git init -q --separate-git-dir=apart separate')
    await install(join(folder, 'separate'))
    await run('cd separate && git commit -q --allow-empty -m separate')
    await run('mkdir dots && git --git-dir=dots.git --work-tree=dots init -q && echo x >dots/.rc')
    await install(join(folder, 'dots'), { GIT_DIR: join(folder, 'dots.git'), GIT_WORK_TREE: join(folder, 'dots') })
    await run('git --git-dir=dots.git --work-tree=dots commit -q --allow-empty -m dots')
    assert.equal(program.calls(), [PROMOTE, PROMOTE, PROMOTE])
    for (const gitDir of ['project/.git/modules/sub', 'apart', 'dots.git']) {
      assert.match(readFileSync(join(folder, gitDir, 'info/exclude'), 'utf8'), '/.claude/settings.local.json')
    }
    repository.remove()
  })

  it('HOOK-13: `git worktree add` ends with 0, and the new worktree is looked after once', async () => {
    const { repository, program } = await makePending()
    const outcome = await repository.tryGit('worktree', 'add', '-q', '../new')
    assert.is(`${outcome.code}${outcome.output}`, '0')
    await repository.git('checkout', '-q', '-b', 'other')
    await repository.sh('cd ../new && git checkout -q --detach')
    assert.equal(program.calls(), ['hook worktree'])
    repository.remove()
  })

  it('HOOK-14: leave the index as plain git does after a partial commit', async () => {
    const { repository } = await makePending()
    for (const path of ['1', '2', '3']) repository.write(path, path)
    await repository.git('add', '.')
    repository.write('a.txt', 'changed\n')
    await repository.git('commit', '-qm', 'part', 'a.txt')
    assert.is(await repository.git('diff', '--cached', '--name-only', '--', '1', '2', '3', 'a.txt'), '1\n2\n3')
    assert.is(await repository.git('status', '--porcelain', 'a.txt'), '')
    repository.remove()
  })

  it('start the program once for all picks of a rebase, and once for an amend', async () => {
    const { repository, program } = await makePending()
    await repository.sh('git switch -qc side && for n in 1 2 3; do echo $n >$n; git add $n; git commit -qm $n; done; ' +
      'git switch -q main && git commit -q --allow-empty -m main')
    assert.is(program.calls().length, 4)
    await repository.git('rebase', '-q', 'main', 'side')
    assert.equal(program.calls().slice(4), ['settle rebase'])
    await repository.git('commit', '-q', '--amend', '-m', 'new')
    assert.equal(program.calls().slice(5), ['settle amend'])
    await repository.sh(`GIT_SEQUENCE_EDITOR='sed -i "1s/pick/reword/;2s/pick/squash/;3s/pick/fixup/"' ` +
      'GIT_EDITOR=true git rebase -q -f -i HEAD~3')
    assert.equal(program.calls().slice(6), ['settle rebase'])
    repository.remove()
  })

  it('remember each pick of a rebase beside a strict hook of the user, in every worktree', async () => {
    const { repository, program } = await makePending({}, 'cat "${GIT_DIR:-.git}/bitloops-rewritten" >"$HOME/told"')
    const seen = join(repository.sandbox.folder, 'seen')
    writeHook(repository, 'post-commit', `#!/bin/sh -eu\nprintf 'x' >>'${seen}'\n`)
    await setUp(repository, program)
    const linked = await repository.worktree('linked')
    for (const { root, sh } of [repository, linked]) {
      await sh('git switch -qC side && for n in 1 2 3; do echo $n >$n; git add $n; git commit -qm $n; done; ' +
        'git switch -q --detach HEAD~3 && git commit -q --allow-empty -m elsewhere && git branch -f onto')
      rmSync(seen, { force: true })
      assert.is((await sh('git rebase -q onto side && git switch -q --detach && git branch -qD side')).code, 0, root)
      const told = readFileSync(join(repository.home, 'told'), 'utf8').split('\n')
      const pairs = told.filter((line) => line.startsWith('pair ')).map((line) => line.split(' '))
      const picks = pairs.map(([, before, now]) => `bitloops:pick ${now} ${before}`)
      assert.equal(told.filter((line) => line.startsWith('bitloops:')), picks)
      assert.is(pairs.length, 3)
      assert.is(readFileSync(seen, 'utf8'), 'xxx')
    }
    repository.remove()
  })

  it('write nothing into the rebase of a repository that shares the hooks and not us', async () => {
    const { repository } = await makePending()
    const other = await makeRepository()
    await other.git('config', 'core.hooksPath', join(repository.root, '.git', 'hooks'))
    await other.sh('git commit -q --allow-empty -m 0 && git branch onto && git switch -qc side && ' +
      'git commit -q --allow-empty -m 1 && git switch -q onto && git commit -q --allow-empty -m 2')
    const outcome = await other.sh(`git rebase -q --empty=keep -x 'test ! -e .git/rebase-merge/bitloops' onto side`)
    assert.is(`${outcome.code}`, '0', outcome.output)
    repository.remove()
    other.remove()
  })
})
