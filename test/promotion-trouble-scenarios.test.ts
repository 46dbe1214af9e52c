// The promotion scenarios PRO-16 to PRO-24: aborted, bypassed, killed, parallel and cleaned.

import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import * as assert from 'uvu/assert'
import { directoryPath } from '../src/model/checkpoint.ts'
import type { Oid } from '../src/model/ids.ts'
import { noteOf, readLinked, readOnly, sessionsBehind } from './support/checkpoints.ts'
import { commitAll, hasDrafts, makeInitialised, until } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'
import { numbered, playStart, playTurn } from './support/turn.ts'

/** A commit that no hook of ours sees. */
const commitUnseen = (path: string): string =>
  `git add ${path} && git -c core.hooksPath=/dev/null commit --quiet -m Unseen`

function setStoreVersion(repository: TestRepository, version: (now: number) => number): void {
  const database = new Sqlite(join(repository.bitloopsHome, 'live.db'))
  const now = database.pragma('user_version', { simple: true }) as number
  database.pragma(`user_version = ${version(now)}`)
  database.close()
}

describe('a commit', (it) => {
  it('PRO-16 that was aborted leaves the draft to the real one', async () => {
    const repository = await makeInitialised()
    await playTurn(repository, 'Write a', { 'a.txt': 'a\n' })
    await repository.waitForInbox()
    assert.is((await repository.sh('git add a.txt && git commit -m ""')).code, 1)
    assert.is((await repository.tryGit('rev-parse', '--verify', '--quiet', 'refs/bitloops/checkpoints')).code, 1)
    assert.ok(hasDrafts(repository))
    await repository.git('commit', '-m', 'Add a')
    await readOnly(repository)
  })

  it('HOOK-04 that a foreign commit-msg refused is linked once, when it is accepted', async () => {
    const repository = await makeInitialised()
    repository.write('.git/hooks/commit-msg', '#!/bin/sh\ngrep -q "^ok" "$1"\n')
    await repository.sh('chmod +x .git/hooks/commit-msg')
    await playTurn(repository, 'Write a', { 'a.txt': 'a\n' })
    assert.is((await repository.sh('git add a.txt && git commit -m no')).code, 1)
    await repository.git('commit', '-m', 'ok')
    await readOnly(repository)
  })

  it('PRO-17 without verification or with an edited message is linked, its message untouched', async () => {
    const repository = await makeInitialised()
    await playTurn(repository, 'Write a and b', { 'a.txt': 'a\n', 'b.txt': 'b\n' })
    await repository.sh('git add a.txt && git commit --no-verify -m "Add a"')
    await readOnly(repository)
    const editor = 'printf "Add b\\n\\nAs asked.\\n" >'
    await repository.sh('git add b.txt && git commit', { env: { GIT_EDITOR: `f() { ${editor} "$1"; }; f` } })
    await readOnly(repository)
    assert.is(await repository.git('log', '-1', '--format=%B'), 'Add b\n\nAs asked.\n')
  })

  it('PRO-18 that no hook saw is found by the next command, and says so', async () => {
    const repository = await makeInitialised()
    const claude = await playTurn(repository, 'Write a', { 'a.txt': 'a\n' })
    await sleep(1100) // commits know whole seconds only
    assert.is((await repository.sh(commitUnseen('a.txt'))).code, 0)
    assert.equal(await readLinked(repository), [])
    await repository.bitloops('status')
    const { record } = await readOnly(repository)
    assert.equal(record.evidence.map(({ session, late }) => [session, late]), [[claude.session, true]])
  })

  it('PRO-18 made while the drain is at work on a turn is never overlooked by post-commit', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    await claude.prompt('Write by shell')
    await repository.waitForIdle()
    await claude.bash('echo a >a.txt')
    await claude.stop('Done.')
    // What the guard of post-commit looks at: one of the two is there from the delivery until the edit is a draft.
    const hasMail = (): boolean => readdirSync(join(repository.bitloopsHome, 'inbox', 'new')).length > 0
    let overlooked = 0
    await until('the edit is a draft', () => {
      if (!hasMail() && !hasDrafts(repository)) overlooked += 1
      return hasDrafts(repository)
    })
    assert.is(overlooked, 0)
  })

  it('PRO-18 made before anybody looked at what a shell wrote is linked all the same', async () => {
    const repository = await makeInitialised()
    await repository.waitForIdle()
    // A lease into the future: no drain starts, as if it were slower than the user.
    const lease = join(repository.bitloopsHome, 'drain.lease')
    writeFileSync(lease, '')
    utimesSync(lease, new Date(), new Date(Date.now() + 3_600_000))
    const claude = await playStart(repository)
    await claude.prompt('Write by shell')
    await claude.bash('echo by the shell >a.txt')
    await claude.stop('Done.')
    await sleep(2200) // what the user writes this much later is not the shell's
    await repository.sh('echo mine >b.txt && git add a.txt b.txt && git commit --quiet -m Both')
    const { record } = await readOnly(repository)
    assert.equal(record.files.map(({ path, evidence }) => [path, evidence]), [['a.txt', 'inferred']])
    assert.equal(record.evidence.map(({ session, why }) => [session, why]), [[claude.session, 'inferred']])
  })

  it('PRO-19 one of twenty promoted at once has its note and its checkpoint', async () => {
    const repository = await makeInitialised()
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`${at}.txt`, `${at}\n`]))
    await playTurn(repository, 'Write twenty', files)
    await repository.waitForInbox()
    for (const path of Object.keys(files)) await repository.sh(commitUnseen(path))
    const commits = (await repository.git('rev-list', '--max-count=20', 'HEAD')).split('\n')
    const outcomes = await Promise.all(commits.map((commit) => repository.bitloops('promote', commit)))
    assert.equal(outcomes.filter(({ code }) => code !== 0).map(({ stderr }) => stderr), [])
    for (const commit of commits) {
      const { record } = await readOnly(repository, commit)
      assert.ok((await noteOf(repository, commit)).every((line) => line.startsWith(record.id)))
    }
    assert.match((await repository.tryGit('fsck', '--strict')).output, /^(?!.*error)/s)
  })

  it('PRO-20 whose promotion is killed is completed by the next command, once', async () => {
    for (const afterMs of [60, 120, 180, 240, 300, 400]) {
      const repository = await makeInitialised()
      await playTurn(repository, 'Write a', { 'a.txt': 'a\n' })
      await repository.waitForInbox()
      await repository.sh(commitUnseen('a.txt'))
      await repository.sandbox.run('git-bitloops', ['promote', 'HEAD'], { cwd: repository.root, timeoutMs: afterMs })
      await repository.bitloops('promote', 'HEAD')
      const { record } = await readOnly(repository)
      const ids = new Set((await noteOf(repository)).map((line) => line.split(' ')[0]))
      assert.equal([...ids], [record.id], `killed after ${afterMs} ms`)
      assert.not(hasDrafts(repository))
      repository.remove()
    }
  })

  it('PRO-21 is explained after git clean, and its directory comes back', async () => {
    const repository = await makeInitialised()
    await playTurn(repository, 'Write a', { 'a.txt': 'a\n' })
    await repository.sh('git add a.txt && git commit -m A')
    const directory = directoryPath(await repository.git('rev-parse', 'HEAD') as Oid)
    assert.ok(repository.exists(`${directory}/session.json`))
    await repository.git('clean', '-fdxq')
    assert.not(repository.exists(directory))
    const { code, stdout } = await repository.bitloops('explain')
    assert.is(code, 0)
    assert.match(stdout, 'Write a')
    assert.ok(repository.exists(`${directory}/summary.md`))
  })

  it('PRO-22 keeps its directory out of status, index and stash', async () => {
    const repository = await makeInitialised()
    await repository.sh(commitAll('Set up'))
    await playTurn(repository, 'Write a', { 'a.txt': 'a\n' })
    await repository.sh('git add a.txt && git commit -m A')
    const directory = directoryPath(await repository.git('rev-parse', 'HEAD') as Oid)
    assert.ok(existsSync(join(repository.root, directory)))
    assert.is(await repository.git('status', '--porcelain'), '')
    repository.write('b.txt', 'b\n')
    await repository.git('add', '--all')
    assert.is(await repository.git('diff', '--cached', '--name-only'), 'b.txt')
    await repository.git('stash', '--include-untracked')
    assert.ok(existsSync(join(repository.root, directory)))
  })

  it('PRO-23 goes well over a store of a newer format, and is linked when the program is new enough', async () => {
    const repository = await makeInitialised()
    await playTurn(repository, 'Write a', { 'a.txt': 'a\n' })
    await repository.waitForIdle()
    setStoreVersion(repository, (now) => now + 1)
    const commit = await repository.sh('git add a.txt && git commit -m A')
    assert.equal([commit.code, commit.stderr], [0, ''])
    const status = await repository.bitloops('status')
    assert.match(status.output, /newer git-bitloops/)
    assert.ok(hasDrafts(repository))
    setStoreVersion(repository, (now) => now - 1)
    await repository.bitloops('promote', 'HEAD')
    await readOnly(repository)
  })

  it('PRO-24 that ends a conflict is linked to the session that resolved it; a clean merge is not', async () => {
    const repository = await makeInitialised()
    await repository.commit('Base', { 'a.txt': numbered(3, 'line'), 'b.txt': 'b\n' })
    await repository.git('checkout', '--quiet', '-b', 'clean')
    await repository.commit('On clean', { 'b.txt': 'clean\n' })
    await repository.git('checkout', '--quiet', '-b', 'topic', 'main')
    await repository.commit('On topic', { 'a.txt': 'topic\n' })
    await repository.git('checkout', '--quiet', 'main')
    await repository.commit('On main', { 'a.txt': 'main\n' })
    const claude = await playStart(repository)
    await claude.prompt('Merge topic')
    await repository.git('merge', '--quiet', '--no-edit', 'clean')
    assert.equal(await readLinked(repository), [])
    await claude.bash('git merge topic')
    await claude.write('a.txt', 'main and topic\n')
    await claude.bash('git add a.txt && git commit --quiet --no-edit')
    assert.equal(await sessionsBehind(repository), [claude.session])
    assert.equal(await readLinked(repository, 'HEAD~1'), [])
  })
})
