// The Git hooks where something is missing, fails, hangs or is captured: git goes on as if they were not there.

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readLinked } from './support/checkpoints.ts'
import { commit, makePending, PROMOTE } from './support/install.ts'
import { playClaude } from './support/player.ts'
import { makeInitialised, makeRepository } from './support/repository.ts'
import { assertLinks, commitLinked } from './support/rewriting.ts'
import type { Outcome } from './support/sandbox.ts'
import { describe } from './support/suite.ts'
import { playStart } from './support/turn.ts'

describe('git hooks in trouble', (it) => {
  it('HOOK-11: leave exit codes and output to plain git when Node is gone, and log one line each', async () => {
    const { repository } = await makePending({ clock: 'fixed' })
    const plain = await makeRepository({ clock: 'fixed' })
    await plain.commit('Begin', { 'a.txt': 'a\n' })
    writeFileSync(join(repository.bitloopsHome, 'program'), '/gone/node\n/gone/program\n')
    rmSync(join(repository.sandbox.folder, 'bin', 'git-bitloops'))
    const acts = [
      'echo b >b.txt; git add b.txt; git commit -m one', 'git commit --amend -m two',
      'git checkout -b side HEAD~1',
      'echo c >c.txt; git add c.txt; git commit -qm three', 'git rebase -q main',
      'git checkout main', 'git merge --no-ff -m merged side',
      'git init -q --bare ../remote-$$; git push -q ../remote-$$ main', 'git worktree add -q ../w-$$',
    ]
    for (const act of acts) {
      const [ours, theirs] = [await repository.sh(act), await plain.sh(act)]
      const said = ({ code, stdout, stderr }: Outcome): string =>
        `${code}\n${stdout}\n${stderr}`.replace(/\b[0-9a-f]{7,40}\b|(?<=-)\d+/g, 'ID')
      assert.is(said(ours), said(theirs), act)
    }
    const log = readFileSync(join(repository.bitloopsHome, 'log'), 'utf8').trimEnd().split('\n')
    assert.is(log.length, 5, 'two commits, an amend, a rebase, and the new worktree')
    const form = /^\d{4}-\d\d-\d\dT[\d:]+Z\tpost-(?:commit|rewrite|checkout)\tneither Node nor git-bitloops/
    for (const line of log) assert.match(line, form)
    repository.remove()
    plain.remove()
  })

  it('HOOK-11: log in the state folder when .git cannot be written, and note a program that fails', async () => {
    const { repository, program } = await makePending({}, 'echo noise; echo noise >&2; exit 3')
    mkdirSync(join(repository.bitloopsHome, 'log'))
    const outcome = await commit(repository, '-q')
    assert.is(`${outcome.code}${outcome.output}`, '0')
    assert.equal(program.calls(), [PROMOTE])
    const log = readFileSync(join(repository.home, '.local/state/git-bitloops/log'), 'utf8')
    assert.match(log, /\tpost-commit\tgit-bitloops ended with exit code 3\n$/)
    repository.remove()
  })

  it('HOOK-11: find git-bitloops on PATH when the program has moved', async () => {
    const { repository, program } = await makePending()
    writeFileSync(join(repository.bitloopsHome, 'program'), '/gone/node\n/gone/program\n')
    const moved = join(repository.sandbox.folder, 'bin', 'git-bitloops')
    rmSync(moved)
    symlinkSync(program.paths.program, moved)
    await commit(repository)
    assert.equal(program.calls(), [PROMOTE])
    repository.remove()
  })

  it('HOOK-11: do nothing and say nothing when all of ours is gone but the lines in the hooks', async () => {
    const { repository } = await makePending()
    rmSync(repository.bitloopsHome, { recursive: true })
    const outcome = await commit(repository, '-q')
    assert.is(`${outcome.code}${outcome.output}`, '0')
    assert.not.ok(existsSync(repository.bitloopsHome))
    repository.remove()
  })

  it('HOOK-11: do not wait for a lock that a killed git left: it is logged, and links come later', async () => {
    const repository = await makeInitialised()
    const a = await commitLinked(repository, 'a.txt')
    const lock = join(repository.root, '.git', 'refs', 'notes', 'bitloops.lock')
    writeFileSync(lock, '')
    utimesSync(lock, new Date(), new Date(Date.now() - 60_000))
    const outcome = await repository.sh('git commit -q --amend -m new')
    assert.is(`${outcome.code}${outcome.output}`, '0')
    assert.ok(outcome.ms < 8000, `${outcome.ms} ms`)
    assert.match(readFileSync(join(repository.bitloopsHome, 'log'), 'utf8'), `post-rewrite\t${lock} is in the way`)
    const told = await repository.bitloops('relink')
    assert.is(told.code, 128)
    assert.match(told.stderr, 'hint: remove that file')
    rmSync(lock)
    await repository.bitloops('status')
    await assertLinks(repository, { HEAD: [a] })
    repository.remove()
  })

  it('HOOK-15: hold no pipe open for a script that captures output', async () => {
    const { repository, program } = await makePending({}, 'sleep 15 &')
    const outcome = await repository.sh('out=$(git commit -q --allow-empty -m x 2>&1); printf "%s" "$out"')
    assert.is(`${outcome.code}${outcome.output}`, '0')
    assert.ok(outcome.ms < 12_000, `${outcome.ms} ms`)
    assert.equal(program.calls(), [PROMOTE])
    repository.remove()
  })

  it('HOOK-15: wait for a program that hangs six seconds at most, where there is `timeout`', async () => {
    const { repository } = await makePending({}, 'exec sleep 30')
    const outcome = await commit(repository, '-q')
    assert.is(`${outcome.code}${outcome.output}`, '0')
    assert.ok(outcome.ms < 20_000, `${outcome.ms} ms`)
    repository.remove()
  })

  it('HOOK-16: leave the output that scripts read as it is', async () => {
    const { repository } = await makePending({ clock: 'fixed' })
    const plain = await makeRepository({ clock: 'fixed' })
    await plain.commit('Begin', { 'a.txt': 'a\n' })
    for (const place of [repository, plain]) {
      await place.sh('git init -q --bare ../remote; git remote add origin ../remote; ' +
        'git switch -qc side; git commit -q --allow-empty -m s; git switch -q main')
    }
    for (const act of [
      'echo 1 >a.txt; git commit --porcelain --dry-run -a', 'git commit -qam one; git push --porcelain origin main',
      'git rebase main side', 'git switch main',
    ]) {
      const theirs = (await plain.sh(act)).stdout.replaceAll(plain.sandbox.folder, repository.sandbox.folder)
      assert.is((await repository.sh(act)).stdout, theirs, act)
    }
    repository.remove()
    plain.remove()
  })

  it('HOOK-17: are not run by our own git calls, nor in a linked worktree whose variables they have', async () => {
    const repository = await makeInitialised()
    repository.write('.git/hooks/reference-transaction', '#!/bin/sh\ncat >>"$(git rev-parse --git-common-dir)/seen"\n')
    chmodSync(join(repository.root, '.git/hooks/reference-transaction'), 0o755)
    const tree = await repository.worktree('beside')
    const claude = playClaude(tree)
    await claude.start()
    await claude.prompt('Write a')
    await claude.write('a.txt', 'a\n')
    // In a linked worktree Git gives its hooks GIT_DIR and an index of its own.
    assert.is((await claude.bash('git add a.txt && git commit --quiet -m "Add a"')).code, 0)
    await claude.stop('Done.')
    await repository.waitForIdle()
    await readLinked(tree).then((linked) => { assert.ok(linked.length > 0) })
    const seen = readFileSync(join(repository.root, '.git/seen'), 'utf8')
    assert.ok(seen.includes('refs/heads/beside'))
    assert.not(/refs\/(bitloops|notes)/.test(seen), seen)
    assert.is(await repository.git('status', '--porcelain', '--untracked-files=no'), '')
  })

  it('HOOK-18: are put back by the next prompt when something took them away, and it is said once', async () => {
    const repository = await makeInitialised()
    const hook = join(repository.root, '.git/hooks/post-commit')
    const before = readFileSync(hook, 'utf8')
    const claude = await playStart(repository)
    await repository.waitForIdle()
    writeFileSync(hook, '#!/bin/sh\necho another tool was here >>ran\n')
    await claude.prompt('Go on')
    await claude.stop('Done.')
    await repository.waitForIdle()
    const healed = readFileSync(hook, 'utf8')
    assert.ok(healed.includes('git-bitloops') && healed.includes('another tool was here'), healed)
    rmSync(hook)
    await claude.prompt('And on')
    await claude.stop('Done.')
    await repository.waitForIdle()
    assert.is(readFileSync(hook, 'utf8'), before)
    const log = readFileSync(join(repository.bitloopsHome, 'log'), 'utf8').split('\n')
    assert.is(log.filter((line) => line.includes('are back')).length, 2)
  })
})
