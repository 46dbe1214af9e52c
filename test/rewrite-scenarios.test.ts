// The rewriting scenarios REW-01 to REW-16: amends and rebases, what is linked afterwards and what is not.

import { readFileSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { openLiveStore } from '../src/store/live.ts'
import { noteOf, readLinked, readOnly, waitForLinked } from './support/checkpoints.ts'
import { commitAll, makeInitialised, makeRepository } from './support/repository.ts'
import type { RepositoryOptions, TestRepository } from './support/repository.ts'
import { assertLinks, commitLinked, commitLinkedAll, countCheckpoints, evidenceOf, idsOf, rebaseWith, run } from './support/rewriting.ts'
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

/** A branch `topic` of linked commits, one file each, and a main that has gone on. HEAD is on topic. */
async function makeTopic(
  options: RepositoryOptions, ...paths: readonly string[]
): Promise<{ repository: TestRepository; commits: LinkedCommit[] }> {
  const repository = await makeInitialised(options)
  await run(repository, 'git switch -q -c topic')
  const commits = await commitLinkedAll(repository, ...paths)
  await run(repository, 'git switch -q main && git commit -q --allow-empty -m main && git switch -q topic')
  return { repository, commits }
}

for (const objectFormat of ['sha1', 'sha256'] as const) {
  describe(`a rebase (${objectFormat})`, (it) => {
    it('REW-05 gives each new commit exactly its own link, and makes no checkpoint', async () => {
      const { repository, commits: [a, b, c] } = await makeTopic({ objectFormat }, 'a.txt', 'b.txt', 'c.txt')
      await run(repository, 'git rebase -q main')
      await assertLinks(repository, { 'HEAD~2': [a!], 'HEAD~1': [b!], HEAD: [c!], main: [], [a!.oid]: [a!] })
      assert.equal(await evidenceOf(repository), ['rewrite by rebase'])
      assert.is(await countCheckpoints(repository), 3)
      assert.match((await repository.bitloops('explain')).stdout, /by rebase/)
      repository.remove()
    })

    it('REW-06 that reorders and rewords lets links follow content', async () => {
      const { repository, commits: [a, b, c] } = await makeTopic({ objectFormat }, 'a.txt', 'b.txt', 'c.txt')
      await run(repository, `GIT_SEQUENCE_EDITOR='sed -i -e "1{h;d};2{s/pick/reword/;G}"' ` +
        `GIT_EDITOR='sed -i 1s/.*/Reworded/' git rebase -q -i main`)
      assert.is(await repository.git('log', '--format=%s', '-3'), 'Add c.txt\nAdd a.txt\nReworded')
      await assertLinks(repository, { 'HEAD~2': [b!], 'HEAD~1': [a!], HEAD: [c!] })
      repository.remove()
    })

    it('REW-07 that squashes or fixes up unites', async () => {
      for (const [command, edit] of [['squash', '3s/pick/squash/'], ['fixup', '3s/pick/fixup/'], ['both', '2s/pick/fixup/;3s/pick/squash/']]) {
        const { repository, commits: [a, b, c] } = await makeTopic({ objectFormat }, 'a.txt', 'b.txt', 'c.txt')
        await rebaseWith(repository, edit!, 'main')
        const last = command === 'both' ? [a!, b!, c!] : [b!, c!]
        await assertLinks(repository, { HEAD: last, 'HEAD~1': command === 'both' ? [] : [a!] })
        assert.equal(await evidenceOf(repository), ['squash by rebase'])
        const origins = (await readLinked(repository)).map(({ record }) => record.origin.commit).sort()
        assert.equal(origins, last.map(({ oid }) => oid).sort())
        repository.remove()
      }
    })

    it('REW-07 in place, of the first commit as well', async () => {
      const { repository, commits: [a, b, c] } = await makeTopic({ objectFormat }, 'a.txt', 'b.txt', 'c.txt')
      await rebaseWith(repository, '2s/pick/squash/', 'HEAD~3')
      await assertLinks(repository, { HEAD: [c!], 'HEAD~1': [a!, b!] })
      repository.remove()
    })

    it('REW-07 by --autosquash unites what --fixup made', async () => {
      const { repository, commits: [a, b] } = await makeTopic({ objectFormat }, 'a.txt', 'b.txt')
      await playTurn(repository, 'Mend a', { 'a.txt': 'a.txt\nmended\n' })
      await run(repository, `git commit -q -a --fixup ${a!.oid}`)
      const fix = { oid: await repository.git('rev-parse', 'HEAD'), id: (await idsOf(repository))[0]! }
      await run(repository, 'GIT_SEQUENCE_EDITOR=true git rebase -q -i --autosquash main')
      await assertLinks(repository, { HEAD: [b!], 'HEAD~1': [a!, fix] })
      repository.remove()
    })

    it('REW-08 that drops a commit moves its link nowhere', async () => {
      const { repository, commits: [a, b, c] } = await makeTopic({ objectFormat }, 'a.txt', 'b.txt', 'c.txt')
      await rebaseWith(repository, '2s/pick/drop/', 'main')
      await assertLinks(repository, { HEAD: [c!], 'HEAD~1': [a!], [b!.oid]: [b!] })
      repository.remove()
    })
  })
}

/** Linked commits a, b, c on topic, of which b conflicts with main. HEAD is on topic. */
async function makeConflict(): Promise<{ repository: TestRepository; commits: LinkedCommit[] }> {
  const repository = await makeInitialised()
  await run(repository, 'git switch -q -c topic')
  const commits = await commitLinkedAll(repository, 'a.txt', 'b.txt', 'c.txt')
  await run(repository, 'git switch -q main && echo theirs >b.txt && git add b.txt && git commit -q -m theirs && git switch -q topic')
  return { repository, commits }
}

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
    await run(repository, 'git switch -q main && echo theirs >x.txt && git add . && git commit -q -m theirs && git switch -q topic')
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
    await run(repository, 'git reset -q HEAD~1 && git add a.txt && git commit -q -m A && git add b.txt && git commit -q -m B')
    await run(repository, 'git rebase --continue')
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
})

describe('other ways of a rebase', (it) => {
  it('REW-13 --rebase-merges lets all links follow, that of the merge included', async () => {
    const repository = await makeInitialised()
    await run(repository, 'git switch -q -c topic')
    const a = await commitLinked(repository, 'a.txt')
    await run(repository, 'git switch -q -c side && git switch -q topic')
    const b = await commitLinked(repository, 'b.txt')
    await run(repository, 'git switch -q side')
    const s = await commitLinked(repository, 'b.txt', 'other\n')
    await run(repository, 'git switch -q topic')
    await repository.sh('git merge -q side')
    await playTurn(repository, 'Resolve it', { 'b.txt': 'both of them\n' })
    await run(repository, 'git add b.txt && git commit -q -m merged')
    const merge = { oid: await repository.git('rev-parse', 'HEAD'), id: (await idsOf(repository))[0]! }
    await run(repository, 'git switch -q main && git commit -q --allow-empty -m main && git switch -q topic')
    await repository.sh('GIT_EDITOR=true git rebase -q --rebase-merges main')
    if (repository.exists('.git/rebase-merge')) {
      await run(repository, 'echo both of them >b.txt; git add b.txt; GIT_EDITOR=true git rebase --continue')
    }
    await assertLinks(repository, { HEAD: [merge], 'HEAD^1': [b], 'HEAD^2': [s], 'HEAD^1~1': [a], main: [] })
    repository.remove()
  })

  it('REW-13 --apply lets all links follow, and none for what was skipped', async () => {
    const { repository, commits: [a, b, c] } = await makeTopic({}, 'a.txt', 'b.txt', 'c.txt')
    await run(repository, 'git rebase -q --apply main')
    await assertLinks(repository, { 'HEAD~2': [a!], 'HEAD~1': [b!], HEAD: [c!] })
    repository.remove()
    const { repository: other, commits: [d, e, f] } = await makeConflict()
    await other.sh('git rebase -q --apply main')
    await run(other, 'git rebase --skip')
    await assertLinks(other, { 'HEAD~1': [d!], HEAD: [f!], main: [], [e!.oid]: [e!] })
    other.remove()
  })

  it('REW-14 --update-refs, --exec and --root: right on every branch', async () => {
    const repository = await makeInitialised()
    const stack: LinkedCommit[] = []
    for (const name of ['one', 'two', 'three']) {
      await run(repository, `git switch -q -c ${name}`)
      stack.push(await commitLinked(repository, `${name}.txt`))
    }
    await run(repository, 'git switch -q main && git commit -q --allow-empty -m main && git switch -q three')
    await run(repository, 'git rebase -q --update-refs main')
    await assertLinks(repository, { one: [stack[0]!], two: [stack[1]!], three: [stack[2]!], main: [] })
    const before = await repository.git('rev-parse', 'HEAD')
    await run(repository, 'git rebase -q --exec true main')
    assert.is(await repository.git('rev-parse', 'HEAD'), before)
    await assertLinks(repository, { one: [stack[0]!], two: [stack[1]!], three: [stack[2]!], main: [] })
    await run(repository, 'git rebase -q --root --force-rebase')
    assert.is.not(await repository.git('rev-parse', 'HEAD'), before)
    await assertLinks(repository, { HEAD: [stack[2]!], 'HEAD~1': [stack[1]!], 'HEAD~2': [stack[0]!], 'HEAD~3': [] })
    repository.remove()
  })

  it('REW-15 pull --rebase: ours follow, and upstream gets nothing', async () => {
    const repository = await makeInitialised()
    const { folder } = repository.sandbox
    await run(repository, 'git init -q -b main --bare ../remote && git remote add origin ../remote && git push -q -u origin main')
    await run(repository, `cd '${folder}' && git clone -q remote theirs && cd theirs && git switch -q -c x && ` +
      'for n in 1 2; do git switch -q x; echo $n >$n; git add $n; git commit -q -m $n; git switch -q main; git merge -q --no-ff -m m$n x; done && git push -q')
    const [a, b] = await commitLinkedAll(repository, 'a.txt', 'b.txt')
    await run(repository, 'git pull -q --rebase')
    await assertLinks(repository, { HEAD: [b!], 'HEAD~1': [a!], 'HEAD~2': [], 'HEAD~3': [], 'HEAD~2^2': [], 'HEAD~2^2~1': [] })
    repository.remove()
  })
})
