// The rewriting scenarios REW-09 to REW-12 and REW-25: rebases that stop, for a conflict or the user.

import * as assert from 'uvu/assert'
import { openLiveStore } from '../src/store/live.ts'
import { readOnly } from './support/checkpoints.ts'
import { commitAll, makeInitialised } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import {
  assertLinks, commitLinked, commitLinkedAll, countCheckpoints, evidenceOf, idsOf, makeConflict, makeTopic, rebaseWith,
  run,
} from './support/rewriting.ts'
import { describe } from './support/suite.ts'
import { playTurn } from './support/turn.ts'

describe('a rebase with a conflict', (it) => {
  it('keeps the link of a commit that was resolved, by --continue or by a commit', async () => {
    for (const go of ['GIT_EDITOR=true git rebase --continue', 'git commit -q -m b && git rebase --continue']) {
      const { repository, commits: [a, b, c] } = await makeConflict()
      await repository.sh('git rebase -q main')
      await run(repository, `echo both >b.txt && git add b.txt && ${go}`)
      await assertLinks(repository, { 'HEAD~2': [a!], 'HEAD~1': [b!], HEAD: [c!], main: [] })
      assert.is(await countCheckpoints(repository), 3)
      repository.remove()
    }
  })

  it('is linked to the agent that resolved it as well', async () => {
    const { repository, commits: [a, b, c] } = await makeConflict()
    await repository.sh('git rebase -q main')
    await playTurn(repository, 'Resolve it', { 'b.txt': 'theirs\nresolved\n' })
    await run(repository, 'git add b.txt && GIT_EDITOR=true git rebase --continue')
    const ids = await idsOf(repository, 'HEAD~1')
    assert.is(ids.length, 2)
    assert.ok(ids.includes(b!.id))
    await assertLinks(repository, { 'HEAD~2': [a!], HEAD: [c!] })
    repository.remove()
  })

  it('REW-09 leaves the predecessor alone when a commit is skipped or resolved to nothing', async () => {
    const ways = ['git rebase --skip', 'git checkout -q main -- b.txt && GIT_EDITOR=true git rebase --continue']
    for (const way of ways) {
      const { repository, commits: [a, b, c] } = await makeConflict()
      await repository.sh('git rebase -q main')
      await run(repository, way)
      await assertLinks(repository, { 'HEAD~1': [a!], HEAD: [c!], main: [], [b!.oid]: [b!] })
      repository.remove()
    }
  })

  it('REW-09 leaves upstream alone when the first of all is skipped', async () => {
    const repository = await makeInitialised()
    await run(repository, 'git switch -q -c topic')
    const [, b] = await commitLinkedAll(repository, 'x.txt', 'b.txt')
    await run(repository, 'git switch -q main && echo theirs >x.txt && git add . && git commit -q -m theirs')
    await run(repository, 'git switch -q topic')
    await repository.sh('git rebase -q main')
    await run(repository, 'git rebase --skip')
    await assertLinks(repository, { HEAD: [b!], main: [], 'main~1': [] })
    repository.remove()
  })

  it('REW-12 that is aborted leaves everything as it was', async () => {
    const { repository } = await makeConflict()
    repository.write('waiting.txt', 'waiting\n')
    await playTurn(repository, 'Begin something', { 'draft.txt': 'draft\n' })
    await repository.waitForIdle()
    await repository.bitloops('status')
    const before = await stateOf(repository)
    await repository.sh('git rebase -q main')
    await run(repository, 'git rebase --abort')
    await repository.bitloops('explain')
    assert.equal(await stateOf(repository), before)
    assert.not.ok(repository.exists('.git/bitloops-rewritten'))
    repository.remove()
  })

  it('REW-25 has all links when it is killed and continued', async () => {
    const { repository, commits: [a, b, c] } = await makeConflict()
    await run(repository, 'git config core.editor true')
    await repository.sh('git rebase -q --exec "test -e .git/again || { touch .git/again; kill -9 \\$PPID; }" main')
    for (let tries = 0; tries < 9 && repository.exists('.git/rebase-merge'); tries += 1) {
      await repository.sh('rm -f .git/index.lock; git checkout -q --theirs b.txt; git add b.txt; git rebase --continue')
    }
    await assertLinks(repository, { 'HEAD~2': [a!], 'HEAD~1': [b!], HEAD: [c!], main: [] })
    repository.remove()
  })
})

/** Refs of ours and what the live store holds of drafts and checkpoints. */
async function stateOf(repository: TestRepository): Promise<readonly string[]> {
  const refs = await repository.git('for-each-ref', 'refs/bitloops', 'refs/notes')
  const store = await openLiveStore(repository.bitloopsHome, { readOnly: true })
  const tables = ['edits', 'plans', 'checkpoints', 'links', 'events']
  const rows = tables.map((table) => JSON.stringify(store.all(`SELECT * FROM ${table}`)))
  store.close()
  return [refs, ...rows]
}


describe('a stop of a rebase', (it) => {
  it('REW-10 at which a commit is split links both parts, and says so', async () => {
    const repository = await makeInitialised()
    const claude = await playTurn(repository, 'Write two', { 'a.txt': 'a\n', 'b.txt': 'b\n' })
    await run(repository, commitAll('Add two'))
    const two = { oid: await repository.git('rev-parse', 'HEAD'), id: (await idsOf(repository))[0]! }
    const c = await commitLinked(repository, 'c.txt')
    await rebaseWith(repository, '1s/pick/edit/', 'HEAD~2')
    await run(repository, 'git reset -q HEAD~1 && git add a.txt && git commit -q -m A')
    await run(repository, 'git add b.txt && git commit -q -m B && git rebase --continue')
    await assertLinks(repository, { 'HEAD~2': [two], 'HEAD~1': [two], HEAD: [c] })
    assert.equal(await evidenceOf(repository, 'HEAD~2'), ['split by rebase'])
    assert.equal(await evidenceOf(repository, 'HEAD~1'), ['split by rebase'])
    assert.is(await countCheckpoints(repository), 2)
    assert.match((await repository.bitloops('explain', 'HEAD~1')).stdout, claude.session)
    repository.remove()
  })

  it('REW-10 onto another base, with a part by hand between, links the parts and not the other', async () => {
    const repository = await makeInitialised()
    await run(repository, 'git switch -q -c topic')
    await playTurn(repository, 'Write two', { 'a.txt': 'a\n', 'b.txt': 'b\n' })
    await run(repository, commitAll('Add two'))
    const two = { oid: await repository.git('rev-parse', 'HEAD'), id: (await idsOf(repository))[0]! }
    await run(repository, 'git switch -q main && git commit -q --allow-empty -m main && git switch -q topic')
    await rebaseWith(repository, '1s/pick/edit/', 'main')
    await run(repository, 'git reset -q HEAD~1 && git add a.txt && git commit -q -m A && ' +
      'echo mine >mine.txt && git add mine.txt && git commit -q -m mine && git add b.txt && git commit -q -m B')
    await run(repository, 'git rebase --continue')
    await assertLinks(repository, { 'HEAD~2': [two], 'HEAD~1': [], HEAD: [two] })
    repository.remove()
  })

  it('REW-11 at which a commit is added leaves the link with the one that was picked', async () => {
    for (const onto of ['main', 'HEAD~2']) {
      const { repository, commits: [a, b] } = await makeTopic({}, 'a.txt', 'b.txt')
      await rebaseWith(repository, '1s/pick/edit/', onto)
      await run(repository, 'echo mine >mine.txt && git add mine.txt && git commit -q -m mine && git rebase --continue')
      await assertLinks(repository, { 'HEAD~2': [a!], 'HEAD~1': [], HEAD: [b!] })
      repository.remove()
    }
  })

  it('REW-11 is linked to what an agent commits there', async () => {
    const { repository, commits: [a, b] } = await makeTopic({}, 'a.txt', 'b.txt')
    await rebaseWith(repository, '1s/pick/edit/', 'main')
    const claude = await playTurn(repository, 'Write more', { 'more.txt': 'more\n' })
    await run(repository, `${commitAll('More')} && git rebase --continue`)
    await assertLinks(repository, { 'HEAD~2': [a!], HEAD: [b!] })
    assert.equal((await readOnly(repository, 'HEAD~1')).record.sessions.map(({ session }) => session), [claude.session])
    repository.remove()
  })

  it('and an amend there keep the link once', async () => {
    const { repository, commits: [a, b] } = await makeTopic({}, 'a.txt', 'b.txt')
    await rebaseWith(repository, '1s/pick/edit/', 'main')
    await run(repository, 'echo mine >>a.txt && git commit -q -a --amend --no-edit && git rebase --continue')
    await assertLinks(repository, { 'HEAD~1': [a!], HEAD: [b!] })
    assert.is(await countCheckpoints(repository), 2)
    repository.remove()
  })

  it('and an amend of what stood there already keeps the link, at a break and by --exec', async () => {
    const repository = await makeInitialised()
    const [a, b] = await commitLinkedAll(repository, 'a.txt', 'b.txt')
    await rebaseWith(repository, '1s/$/\\nbreak/', 'HEAD~2')
    await run(repository, 'echo mine >>a.txt && git commit -q -a --amend -m new && git rebase --continue')
    await assertLinks(repository, { 'HEAD~1': [a!], HEAD: [b!] })
    const amend = 'echo more >>a.txt; git commit -q -a --amend --no-edit'
    await run(repository, `git rebase -q --exec '${amend}' HEAD~2`)
    await assertLinks(repository, { 'HEAD~1': [a!], HEAD: [b!] })
    assert.is(await countCheckpoints(repository), 2)
    repository.remove()
  })
})
