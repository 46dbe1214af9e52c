// The rewriting scenarios REW-01 to REW-04: what is linked after an amend, and what is not.

import { readFileSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { noteOf, readOnly, waitForLinked } from './support/checkpoints.ts'
import { commitAll, makeInitialised, makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { assertLinks, commitLinked, countCheckpoints, evidenceOf, idsOf, run } from './support/rewriting.ts'
import type { LinkedCommit } from './support/rewriting.ts'
import { describe } from './support/suite.ts'
import { playStart, playTurn } from './support/turn.ts'

describe('an amend', (it) => {
  it('REW-01 with a new message keeps the link, once', async () => {
    const repository = await makeInitialised()
    const a = await commitLinked(repository, 'a.txt')
    await run(repository, 'git commit -q --amend -m new')
    assert.is.not(await repository.git('rev-parse', 'HEAD'), a.oid)
    await assertLinks(repository, { HEAD: [a], [a.oid]: [a] })
    assert.equal(await evidenceOf(repository), ['rewrite by amend'])
    assert.match((await repository.bitloops('explain')).stdout, /by amend/)
    repository.remove()
  })

  it('REW-02 with lines of a human keeps the link, and the lines are not the agent\'s', async () => {
    const repository = await makeInitialised()
    const a = await commitLinked(repository, 'a.txt')
    repository.write('mine.txt', 'mine\n')
    await run(repository, 'git add mine.txt && git commit -q --amend --no-edit')
    await assertLinks(repository, { HEAD: [a] })
    assert.is(await countCheckpoints(repository), 1)
    repository.remove()
  })

  it('REW-03 with the edits of another turn has both checkpoints', async () => {
    const repository = await makeInitialised()
    const a = await commitLinked(repository, 'a.txt')
    await playTurn(repository, 'Go on', { 'a.txt': 'a.txt\nmore\n' })
    await run(repository, 'git commit -q -a --amend --no-edit')
    const ids = await idsOf(repository)
    assert.is(ids.length, 2)
    assert.ok(ids.includes(a.id))
    assert.equal(await idsOf(repository, a.oid), [a.id])
    repository.remove()
  })

  it('REW-04 three times, once with nothing new in the same second, leaves one line per checkpoint', async () => {
    const repository = await makeInitialised()
    const a = await commitLinked(repository, 'a.txt')
    await run(repository, `at="$(date +%s) +0000"; export GIT_COMMITTER_DATE="$at"
      git commit -q --amend -m 1 && git commit -q --amend -m 1 && git commit -q --amend -m 2`)
    await assertLinks(repository, { HEAD: [a] })
    assert.equal(await noteOf(repository), await noteOf(repository, a.oid))
    repository.remove()
  })

  it('REW-03 by the agent\'s own shell takes what is new, and of a human\'s commit nothing else', async () => {
    const repository = await makeInitialised()
    await repository.commit('By hand', { 'mine.txt': 'mine\n' })
    const claude = await playStart(repository)
    await claude.prompt('Say it better')
    await claude.bash('git commit -q --amend -m better')
    assert.equal(await idsOf(repository), [])
    await claude.write('a.txt', 'one\n')
    await claude.bash('git add a.txt && git commit -q --amend --no-edit')
    const { record } = await readOnly(repository)
    assert.equal(record.files.map(({ path }) => path), ['a.txt'])
    repository.remove()
  })

  it('REW-03 in the middle of a turn keeps what is said afterwards, too', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    await claude.prompt('Write a')
    await claude.write('a.txt', 'one\n')
    await claude.bash(commitAll('Add a'))
    await claude.bash('git commit -q --amend -m better')
    await claude.stop('That was all.')
    const linked = await waitForLinked(repository, 2)
    assert.equal(linked.map(({ record }) => record.kind), ['commit', 'continuation'])
    repository.remove()
  })

  it('is linked in the same way without reflogs, in a linked worktree, and with Git\'s refs packed', async () => {
    const repository = await makeInitialised()
    await run(repository, 'git config core.logAllRefUpdates false && rm -r .git/logs')
    const worktree = await repository.worktree('side')
    const a = await commitLinked(worktree, 'a.txt')
    await run(worktree, 'git pack-refs --all && git commit -q --amend -m new')
    await assertLinks(worktree, { HEAD: [a] })
    await run(worktree, 'git commit -q --allow-empty -m other && git reset -q --hard HEAD~1')
    await run(worktree, 'git rebase -q -f --root')
    await assertLinks(worktree, { HEAD: [a], 'HEAD~1': [] })
    repository.remove()
  })

  it('in ten worktrees at once loses no link and no note', async () => {
    const repository = await makeInitialised()
    const places: TestRepository[] = []
    for (let at = 0; at < 10; at += 1) places.push(await repository.worktree(`w${at}`))
    const commits: LinkedCommit[] = []
    for (const [at, place] of places.entries()) commits.push(await commitLinked(place, `${at}.txt`))
    await Promise.all(places.map((place) => run(place, 'git commit -q --amend -m new')))
    for (const [at, place] of places.entries()) await assertLinks(place, { HEAD: [commits[at]!] })
    repository.remove()
  })

  it('is settled by the next command when the program could not be run', async () => {
    const repository = await makeInitialised()
    const a = await commitLinked(repository, 'a.txt')
    const program = readFileSync(`${repository.bitloopsHome}/program`)
    writeFileSync(`${repository.bitloopsHome}/program`, '/bin/false\n/bin/false\n')
    await run(repository, 'git commit -q --amend -m new')
    await assertLinks(repository, { HEAD: [] })
    writeFileSync(`${repository.bitloopsHome}/program`, program)
    await repository.bitloops('explain')
    await assertLinks(repository, { HEAD: [a] })
    repository.remove()
  })

  it('leaves its input to a foreign hook, whole', async () => {
    const repository = await makeRepository()
    await repository.commit('Begin', { 'README.md': '# Example\n' })
    const text = '#!/bin/sh -eu\nprintf "%s\\n" "$*" >>"$HOME/seen"\ncat >>"$HOME/seen"\n'
    repository.write('.git/hooks/post-rewrite', text)
    await run(repository, 'chmod +x .git/hooks/post-rewrite && git bitloops init --agent claude-code')
    const a = await commitLinked(repository, 'a.txt')
    await run(repository, 'git commit -q --amend -m new')
    await assertLinks(repository, { HEAD: [a] })
    const head = await repository.git('rev-parse', 'HEAD')
    assert.is(readFileSync(`${repository.home}/seen`, 'utf8').trimEnd(), `amend\n${a.oid} ${head}`)
    repository.remove()
  })
})
