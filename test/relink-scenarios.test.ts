// The rewriting scenarios REW-16 to REW-25: picks, reverts, squashes, resets and what no hook saw; what is linked
// afterwards, with which evidence, and what is not.

import * as assert from 'uvu/assert'
import { noteOf, readOnly } from './support/checkpoints.ts'
import { commitAll, makeInitialised } from './support/repository.ts'
import type { RepositoryOptions, TestRepository } from './support/repository.ts'
import { assertLinks, commitLinked, commitLinkedAll, countCheckpoints, evidenceOf, idsOf, rebaseWith, run } from './support/rewriting.ts'
import type { LinkedCommit } from './support/rewriting.ts'
import { describe } from './support/suite.ts'
import { numbered, playStart, playTurn } from './support/turn.ts'

/** Linked commits on a branch `topic`; HEAD is on main, which has gone on in b.txt. */
async function makeTopic(
  options: RepositoryOptions, ...paths: readonly string[]
): Promise<{ repository: TestRepository; commits: LinkedCommit[] }> {
  const repository = await makeInitialised(options)
  await run(repository, 'git switch -q -c topic')
  const commits = await commitLinkedAll(repository, ...paths)
  await run(repository, 'git switch -q main && echo theirs >b.txt && git add b.txt && git commit -q -m theirs')
  return { repository, commits }
}


/** What `git bitloops relink` says, which must succeed. */
const relink = (repository: TestRepository, ...args: readonly string[]): Promise<string> =>
  run(repository, `git bitloops relink ${args.join(' ')}`)

for (const objectFormat of ['sha1', 'sha256'] as const) {
  describe(`a cherry-pick (${objectFormat})`, (it) => {
    it('of one commit and of several is linked, with its source', async () => {
      const { repository, commits: [a, c, d] } = await makeTopic({ objectFormat }, 'a.txt', 'c.txt', 'd.txt')
      await run(repository, `git cherry-pick ${a!.oid}`)
      await assertLinks(repository, { HEAD: [a!], 'HEAD~1': [] })
      assert.equal(await evidenceOf(repository), ['cherry-pick by cherry-pick'])
      assert.match((await repository.bitloops('explain')).stdout, `by cherry-pick from ${a!.oid.slice(0, 10)}`)
      await run(repository, `git cherry-pick ${a!.oid}..${d!.oid}`)
      await assertLinks(repository, { HEAD: [d!], 'HEAD~1': [c!] })
      assert.is(await countCheckpoints(repository), 3)
      repository.remove()
    })

    it('REW-17 with a conflict is linked after --continue and after a commit, with its source', async () => {
      for (const go of ['GIT_EDITOR=true git cherry-pick --continue', 'git commit -q --no-verify -m picked']) {
        const { repository, commits: [b] } = await makeTopic({ objectFormat }, 'b.txt')
        await repository.sh(`git cherry-pick ${b!.oid}`)
        await run(repository, `echo both >b.txt && git add b.txt && ${go}`)
        await assertLinks(repository, { HEAD: [b!], 'HEAD~1': [] })
        assert.equal(await evidenceOf(repository), ['cherry-pick by cherry-pick'])
        repository.remove()
      }
    })
  })
}

describe('a cherry-pick', (it) => {
  it('REW-17 that was aborted leaves an ordinary commit alone', async () => {
    const { repository, commits: [a, b] } = await makeTopic({}, 'a.txt', 'b.txt')
    await repository.sh(`git cherry-pick ${a!.oid}^..${b!.oid}`)
    await repository.sh('GIT_EDITOR=false git commit')
    await run(repository, 'git cherry-pick --abort')
    await repository.bitloops('status')
    await run(repository, 'echo both >b.txt && git commit -q -a -m ordinary')
    await repository.bitloops('explain')
    await assertLinks(repository, { HEAD: [], 'HEAD~1': [] })
    assert.not.ok(repository.exists('.git/bitloops-picked'))
    repository.remove()
  })

  it('of several with a conflict in between, or at the end, is linked whole', async () => {
    for (const paths of [['a.txt', 'b.txt', 'c.txt'], ['a.txt', 'c.txt', 'b.txt']]) {
      for (const go of ['GIT_EDITOR=true git cherry-pick --continue', 'git commit -q -m b && { [ ! -d .git/sequencer ] || git cherry-pick --continue; }']) {
        const { repository, commits: [first, second, third] } = await makeTopic({}, ...paths)
        await repository.sh(`git cherry-pick ${first!.oid}^..${third!.oid}`)
        await run(repository, `echo both >b.txt && git add b.txt && ${go}`)
        await assertLinks(repository, { HEAD: [third!], 'HEAD~1': [second!], 'HEAD~2': [first!], 'HEAD~3': [] })
        repository.remove()
      }
    }
  })

  it('of several that was quit is settled by the next command', async () => {
    const { repository, commits: [a, b] } = await makeTopic({}, 'a.txt', 'b.txt')
    await repository.sh(`git cherry-pick ${a!.oid}^..${b!.oid}`)
    await run(repository, 'git cherry-pick --quit && git reset -q --hard')
    await repository.bitloops('explain')
    await assertLinks(repository, { HEAD: [a!], 'HEAD~1': [] })
    repository.remove()
  })

  it('with an editor is linked, without a commit of its own it is found by its change', async () => {
    const { repository, commits: [a, c] } = await makeTopic({}, 'a.txt', 'c.txt')
    await run(repository, `GIT_EDITOR="sed -i 1s/.*/Picked/" git cherry-pick -e ${a!.oid}`)
    await assertLinks(repository, { HEAD: [a!] })
    await run(repository, `git cherry-pick -n ${c!.oid} && git commit -q -m c`)
    await assertLinks(repository, { HEAD: [] })
    assert.match(await relink(repository), /by patch-id/)
    await assertLinks(repository, { HEAD: [c!] })
    assert.match((await repository.bitloops('explain')).stdout, 'by patch-id')
    repository.remove()
  })

  it('by the agent\'s shell is no work of the agent, what it resolved is', async () => {
    const { repository, commits: [a, b] } = await makeTopic({}, 'a.txt', 'b.txt')
    const claude = await playStart(repository)
    await claude.prompt('Pick them')
    await claude.bash(`git cherry-pick ${a!.oid}`)
    await assertLinks(repository, { HEAD: [a!] })
    await claude.bash(`git cherry-pick ${b!.oid}`)
    await claude.write('b.txt', 'resolved\n')
    await claude.bash('git add b.txt && git commit -q -m b')
    const ids = await idsOf(repository)
    assert.is(ids.length, 2)
    assert.ok(ids.includes(b!.id))
    repository.remove()
  })
})

describe('a revert', (it) => {
  it('REW-18 and the revert of it are nobody\'s work, and explain names what was reverted', async () => {
    const repository = await makeInitialised()
    const [a, b] = await commitLinkedAll(repository, 'a.txt', 'b.txt')
    await run(repository, `git revert --no-edit ${a!.oid} && git revert --no-edit HEAD`)
    await repository.sh('git bitloops relink')
    await assertLinks(repository, { HEAD: [], 'HEAD~1': [], 'HEAD~2': [b!], 'HEAD~3': [a!] })
    for (const revision of ['HEAD', 'HEAD~1']) {
      const shown = await repository.bitloops('explain', revision)
      assert.match(shown.stdout + shown.stderr, a!.oid.slice(0, 10), revision)
      assert.match(shown.stdout + shown.stderr, a!.id, revision)
    }
    await repository.sh(`git revert --no-commit ${a!.oid}..${b!.oid} && git commit -q -m away && git revert --no-edit HEAD~1 HEAD`)
    await repository.sh('git bitloops relink')
    await assertLinks(repository, { HEAD: [], 'HEAD~1': [], 'HEAD~2': [] })
    repository.remove()
  })
})

describe('a squash', (it) => {
  it('by merge --squash has all sources, in order, whoever wrote the message', async () => {
    for (const commit of ['git commit -q -m squashed', 'GIT_EDITOR=true git commit -q --no-verify']) {
      const { repository, commits: [a, c] } = await makeTopic({}, 'a.txt', 'c.txt')
      await run(repository, `git merge -q --squash topic && ${commit}`)
      await assertLinks(repository, { HEAD: [a!, c!], 'HEAD~1': [] })
      assert.equal(await evidenceOf(repository), ['squash by merge --squash'])
      assert.is(await countCheckpoints(repository), 2)
      repository.remove()
    }
  })

  it('by merge --squash with a conflict has them, too', async () => {
    const { repository, commits: [a, b] } = await makeTopic({}, 'a.txt', 'b.txt')
    await repository.sh('git merge -q --squash topic')
    await run(repository, 'echo both >b.txt && git add b.txt && git commit -q -m squashed')
    await assertLinks(repository, { HEAD: [a!, b!], 'HEAD~1': [] })
    repository.remove()
  })

  it('REW-19 that was taken back attaches nothing to an ordinary commit', async () => {
    for (const back of ['git reset -q --hard', 'git restore --staged --worktree . && git clean -fdq']) {
      const { repository } = await makeTopic({}, 'a.txt', 'c.txt')
      await run(repository, 'git merge -q --squash topic')
      await repository.sh('GIT_EDITOR=false git commit')
      await run(repository, `${back} && echo mine >mine.txt && git add mine.txt && git commit -q -m mine`)
      await repository.sh('git bitloops relink')
      await assertLinks(repository, { HEAD: [], 'HEAD~1': [] })
      repository.remove()
    }
  })

  it('on a server is found by the change of its range, dry run first', async () => {
    const { repository, commits: [a, c] } = await makeTopic({}, 'a.txt', 'c.txt')
    await run(repository, 'git -c core.hooksPath=/dev/null merge -q --squash topic && git -c core.hooksPath=/dev/null commit -q -m squashed')
    await assertLinks(repository, { HEAD: [] })
    assert.match(await relink(repository, '--dry-run'), /1 commit would be linked/)
    await assertLinks(repository, { HEAD: [] })
    await relink(repository)
    await assertLinks(repository, { HEAD: [a!, c!], 'HEAD~1': [] })
    assert.equal(await evidenceOf(repository), ['patch-id by relink'])
    repository.remove()
  })
})

describe('a merge', (it) => {
  it('--no-ff is linked to the agent that resolved its conflict, and a clean one to nobody', async () => {
    const { repository, commits: [a, b] } = await makeTopic({}, 'a.txt', 'b.txt')
    await repository.sh('git merge -q --no-ff topic')
    const claude = await playTurn(repository, 'Resolve it', { 'b.txt': 'theirs and ours\n' })
    await run(repository, 'git add b.txt && git commit -q --no-edit')
    const { record } = await readOnly(repository)
    assert.equal(record.sessions.map(({ session }) => session), [claude.session])
    await assertLinks(repository, { 'HEAD^2': [b!], 'HEAD^2~1': [a!] })
    await run(repository, 'git switch -q -c other HEAD~1 && git merge -q --no-ff -m clean topic~1')
    await repository.sh('git bitloops relink')
    await assertLinks(repository, { HEAD: [] })
    repository.remove()
  })
})

describe('a commit after a reset', (it) => {
  it('REW-20 has what it holds again: the union, by equal files', async () => {
    const repository = await makeInitialised()
    const commits = await commitLinkedAll(repository, 'a.txt', 'b.txt', 'c.txt')
    await run(repository, 'git reset -q --soft HEAD~3 && git commit -q -m all')
    await assertLinks(repository, { HEAD: commits, 'HEAD~1': [] })
    assert.equal(await evidenceOf(repository), ['tree by commit'])
    assert.is(await countCheckpoints(repository), 3)
    repository.remove()
  })

  it('REW-20 has it with a commit by hand among them, and none when it holds something else', async () => {
    const repository = await makeInitialised()
    const a = await commitLinked(repository, 'a.txt')
    await repository.commit('By hand', { 'mine.txt': 'mine\n' })
    await run(repository, 'git reset -q --soft HEAD~2 && git commit -q -m all')
    await assertLinks(repository, { HEAD: [a] })
    await run(repository, 'git reset -q --hard HEAD~1')
    await repository.commit('Other', { 'other.txt': 'other\n' })
    await assertLinks(repository, { HEAD: [] })
    repository.remove()
  })
})

describe('what no hook saw', (it) => {
  it('REW-16 is linked by doctor or relink to the upstream commit that makes the same change', async () => {
    const repository = await makeInitialised()
    const a = await commitLinked(repository, 'a.txt')
    const b = await commitLinked(repository, 'b.txt')
    // As somebody else applied it.
    await run(repository, `git switch -q -c upstream HEAD~2 && echo o >o.txt && git add o.txt && git commit -q -m other &&
      git -c core.hooksPath=/dev/null cherry-pick ${a.oid} && git switch -q main && git rebase -q upstream`)
    await assertLinks(repository, { HEAD: [b], 'HEAD~1': [] })
    await relink(repository)
    await assertLinks(repository, { HEAD: [b], 'HEAD~1': [a], 'HEAD~2': [] })
    assert.equal(await evidenceOf(repository, 'HEAD~1'), ['patch-id by relink'])
    repository.remove()
  })

  it('REW-22 filter-branch: all are linked by tree or patch-id, and a second run changes nothing', async () => {
    const repository = await makeInitialised()
    const commits = await commitLinkedAll(repository, 'a.txt', 'b.txt', 'c.txt', 'd.txt')
    await run(repository, 'git -c core.hooksPath=/dev/null revert --no-edit HEAD && git -c core.hooksPath=/dev/null revert --no-edit HEAD')
    await run(repository, `FILTER_BRANCH_SQUELCH_WARNING=1 git filter-branch -f --msg-filter 'sed s/Add/New/' HEAD >/dev/null`)
    const expected = { 'HEAD~5': [commits[0]!], 'HEAD~4': [commits[1]!], 'HEAD~3': [commits[2]!], 'HEAD~2': [commits[3]!], 'HEAD~1': [], HEAD: [] }
    await assertLinks(repository, { 'HEAD~5': [], 'HEAD~2': [] })
    await relink(repository)
    await assertLinks(repository, expected)
    assert.equal(await evidenceOf(repository, 'HEAD~2'), ['tree by relink'])
    const before = await repository.git('for-each-ref')
    assert.is((await repository.bitloops('relink')).code, 1)
    assert.is(await repository.git('for-each-ref'), before)
    await run(repository, `FILTER_BRANCH_SQUELCH_WARNING=1 git filter-branch -f --index-filter 'git rm -q --cached --ignore-unmatch README.md' HEAD >/dev/null`)
    await relink(repository)
    await assertLinks(repository, expected)
    assert.equal(await evidenceOf(repository, 'HEAD~2'), ['patch-id by relink'])
    repository.remove()
  })

  it('REW-21 format-patch and am are linked by their change', async () => {
    const repository = await makeInitialised()
    const commits = await commitLinkedAll(repository, 'a.txt', 'b.txt')
    await run(repository, `git format-patch -q -o ../patches HEAD~2 && git switch -q -c other HEAD~2 &&
      git commit -q --allow-empty -m other && git am -q ../patches/*`)
    await assertLinks(repository, { HEAD: [], 'HEAD~1': [] })
    await relink(repository)
    await assertLinks(repository, { HEAD: [commits[1]!], 'HEAD~1': [commits[0]!], 'HEAD~2': [] })
    repository.remove()
  })

  it('an amend or a rebase with hooks off is found by what the commits hold', async () => {
    const repository = await makeInitialised()
    const [a, b] = await commitLinkedAll(repository, 'a.txt', 'b.txt')
    await run(repository, 'git -c core.hooksPath=/dev/null commit -q --amend -m new')
    await relink(repository)
    await assertLinks(repository, { HEAD: [b!] })
    await run(repository, 'git switch -q -c other HEAD~2 && git commit -q --allow-empty -m other && git -c core.hooksPath=/dev/null rebase -q other main')
    await relink(repository)
    await assertLinks(repository, { HEAD: [b!], 'HEAD~1': [a!], 'HEAD~2': [] })
    repository.remove()
  })

  it('stash and unstash leave drafts to their commit', async () => {
    const repository = await makeInitialised()
    const claude = await playTurn(repository, 'Write a', { 'a.txt': 'one\n' })
    await run(repository, `git stash -q -u && git commit -q --allow-empty -m between && git stash pop -q && ${commitAll('a')}`)
    assert.equal((await readOnly(repository)).record.sessions.map(({ session }) => session), [claude.session])
    await assertLinks(repository, { 'HEAD~1': [] })
    repository.remove()
  })
})

describe('whatever else', (it) => {
  it('REW-23 notes that Git copies as well show no line twice, and no blank ones', async () => {
    const repository = await makeInitialised()
    await run(repository, 'git config notes.rewriteRef refs/notes/bitloops && git switch -q -c topic')
    const [a, b] = await commitLinkedAll(repository, 'a.txt', 'b.txt')
    await run(repository, 'git commit -q --amend -m new')
    await assertLinks(repository, { HEAD: [b!] })
    assert.equal(await noteOf(repository), await noteOf(repository, b!.oid))
    await rebaseWith(repository, '2s/pick/fixup/', 'HEAD~2')
    await assertLinks(repository, { HEAD: [a!, b!] })
    const note = await repository.git('notes', '--ref=bitloops', 'show', 'HEAD')
    assert.not.match(note, /\n\n/)
    assert.is(new Set(note.split('\n')).size, note.split('\n').length)
    repository.remove()
  })

  it('REW-24 a file of an odd name, shifted upstream, is explained after the rebase', async () => {
    const repository = await makeInitialised()
    const path = 'ä/p b/ü.txt'
    await repository.commit('Lines', { [path]: numbered(60, 'line') })
    await run(repository, 'git switch -q -c topic')
    const claude = await playTurn(repository, 'Change line 50', { [path]: numbered(60, 'line').replace('line 50\n', 'line fifty\n') })
    await run(repository, commitAll('fifty'))
    const [id] = await idsOf(repository)
    await run(repository, 'git switch -q main')
    await repository.commit('Shift', { [path]: numbered(40, 'more') + numbered(60, 'line') })
    await run(repository, 'git rebase -q main topic')
    await assertLinks(repository, { HEAD: [{ oid: '', id: id! }], main: [] })
    const { stdout } = await repository.bitloops('explain')
    assert.match(stdout, 'Change line 50')
    assert.match(stdout, claude.session)
    repository.remove()
  })
})
