// The rewriting scenarios REW-16 and REW-19 to REW-22: squashes, resets and what no hook saw.

import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { readOnly } from './support/checkpoints.ts'
import { doctor, told } from './support/doctor.ts'
import { commitAll, makeInitialised, repositoryAt } from './support/repository.ts'
import {
  assertLinks, commitLinked, commitLinkedAll, countCheckpoints, evidenceOf, makeBranch, relink, run,
} from './support/rewriting.ts'
import { describe } from './support/suite.ts'
import { playTurn } from './support/turn.ts'

/** Git without hooks. */
const UNSEEN = 'git -c core.hooksPath=/dev/null'
const FILTER = 'FILTER_BRANCH_SQUELCH_WARNING=1 git filter-branch -f'

describe('a squash', (it) => {
  it('by merge --squash has all sources, in order, whoever wrote the message', async () => {
    for (const commit of ['git commit -q -m squashed', 'GIT_EDITOR=true git commit -q']) {
      const { repository, commits: [a, c] } = await makeBranch({}, 'a.txt', 'c.txt')
      await run(repository, `git merge -q --squash topic && ${commit}`)
      await assertLinks(repository, { HEAD: [a!, c!], 'HEAD~1': [] })
      assert.equal(await evidenceOf(repository), ['squash by merge --squash'])
      assert.is(await countCheckpoints(repository), 2)
      repository.remove()
    }
  })

  it('by merge --squash without verification has them by the change of the range, and nothing else has', async () => {
    const { repository, commits: [a, c] } = await makeBranch({}, 'a.txt', 'c.txt')
    await run(repository, 'git merge -q --squash topic && git commit -q --no-verify -m squashed')
    await assertLinks(repository, { HEAD: [a!, c!], 'HEAD~1': [] })
    assert.equal(await evidenceOf(repository), ['patch-id by commit'])
    await run(repository, 'git reset -q --hard HEAD~1 && git merge -q --squash topic && git reset -q --hard')
    await run(repository, 'echo mine >a.txt && git add a.txt && git commit -q --no-verify -m mine')
    await assertLinks(repository, { HEAD: [], 'HEAD~1': [] })
    repository.remove()
  })

  it('by merge --squash with a conflict has them, too', async () => {
    const { repository, commits: [a, b] } = await makeBranch({}, 'a.txt', 'b.txt')
    await repository.sh('git merge -q --squash topic')
    await run(repository, 'echo both >b.txt && git add b.txt && git commit -q -m squashed')
    await assertLinks(repository, { HEAD: [a!, b!], 'HEAD~1': [] })
    repository.remove()
  })

  it('REW-19 that was taken back attaches nothing to an ordinary commit', async () => {
    for (const back of ['git reset -q --hard', 'git restore --staged --worktree . && git clean -fdq']) {
      const { repository } = await makeBranch({}, 'a.txt', 'c.txt')
      await run(repository, 'git merge -q --squash topic')
      await repository.sh('GIT_EDITOR=false git commit')
      await run(repository, `${back} && echo mine >mine.txt && git add mine.txt && git commit -q -m mine`)
      await repository.sh('git bitloops relink')
      await assertLinks(repository, { HEAD: [], 'HEAD~1': [] })
      repository.remove()
    }
  })

  it('on a server is found by the change of its range, dry run first', async () => {
    const { repository, commits: [a, c] } = await makeBranch({}, 'a.txt', 'c.txt')
    await run(repository, `${UNSEEN} merge -q --squash topic && ${UNSEEN} commit -q -m squashed`)
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
    const { repository, commits: [a, b] } = await makeBranch({}, 'a.txt', 'b.txt')
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
    await run(repository, 'git switch -q -c upstream HEAD~2')
    await repository.commit('Other', { 'other.txt': 'other\n' })
    await run(repository, `${UNSEEN} cherry-pick ${a.oid} && git switch -q main && git rebase -q upstream`)
    await assertLinks(repository, { HEAD: [b], 'HEAD~1': [] })
    await relink(repository)
    await assertLinks(repository, { HEAD: [b], 'HEAD~1': [a], 'HEAD~2': [] })
    assert.equal(await evidenceOf(repository, 'HEAD~1'), ['patch-id by relink'])
    repository.remove()
  })

  it('REW-22 filter-branch: all are linked by tree or patch-id, and a second run changes nothing', async () => {
    const repository = await makeInitialised()
    const commits = await commitLinkedAll(repository, 'a.txt', 'b.txt', 'c.txt', 'd.txt')
    await run(repository, `${UNSEEN} revert --no-edit HEAD && ${UNSEEN} revert --no-edit HEAD`)
    await run(repository, `${FILTER} --msg-filter 'sed s/Add/New/' HEAD >/dev/null`)
    const [a, b, c, d] = commits.map((commit) => [commit])
    const expected = { 'HEAD~5': a!, 'HEAD~4': b!, 'HEAD~3': c!, 'HEAD~2': d!, 'HEAD~1': [], HEAD: [] }
    await assertLinks(repository, { 'HEAD~5': [], 'HEAD~2': [] })
    await relink(repository)
    await assertLinks(repository, expected)
    assert.equal(await evidenceOf(repository, 'HEAD~2'), ['tree by relink'])
    const before = await repository.git('for-each-ref')
    assert.is((await repository.bitloops('relink')).code, 1)
    assert.is(await repository.git('for-each-ref'), before)
    await run(repository, `${FILTER} --index-filter 'git rm -q --cached --ignore-unmatch README.md' HEAD >/dev/null`)
    await relink(repository)
    await assertLinks(repository, expected)
    assert.equal(await evidenceOf(repository, 'HEAD~2'), ['patch-id by relink'])
    repository.remove()
  })

  it('REW-21 format-patch and am in another clone are linked by their change at a fetch', async () => {
    const repository = await makeInitialised()
    const commits = await commitLinkedAll(repository, 'a.txt', 'b.txt')
    const { folder } = repository.sandbox
    await run(repository, `git format-patch -q -o ../patches HEAD~2 && git init -q -b main --bare ../remote &&
      git remote add origin ../remote && git push -q origin main~2:refs/heads/main && git clone -q ../remote ../other`)
    const other = repositoryAt(repository.sandbox, `${folder}/other`, `${folder}/other/.git/bitloops`)
    await run(other, 'git bitloops init --agent claude-code --local --remote origin')
    await run(other, 'git commit -q --allow-empty -m other && git am -q ../patches/*')
    await run(repository, 'git push -q origin refs/bitloops/checkpoints refs/notes/bitloops')
    assert.match(await run(other, 'git bitloops fetch'), 'Linked 2 commits')
    await assertLinks(other, { HEAD: [commits[1]!], 'HEAD~1': [commits[0]!], 'HEAD~2': [] })
    assert.equal(await evidenceOf(other), ['patch-id by fetch'])
    repository.remove()
  })

  it('REW-21 is told by doctor, shown by a dry run, and linked by doctor --fix', async () => {
    const repository = await makeInitialised()
    const commits = await commitLinkedAll(repository, 'a.txt', 'b.txt')
    await run(repository, 'git format-patch -q -o ../patches HEAD~2 && git switch -q -c other HEAD~2')
    await repository.commit('Other', { 'other.txt': 'other\n' })
    await run(repository, 'git am -q ../patches/*')
    const before = await repository.git('for-each-ref')
    assert.match(await relink(repository, '--dry-run'), /2 commits would be linked/)
    assert.match(told(await doctor(repository)), /warn rewrites: 2 commits hold what commits with checkpoints held/)
    assert.is(await repository.git('for-each-ref'), before)
    await assertLinks(repository, { HEAD: [], 'HEAD~1': [] })
    const { mended, checks } = await doctor(repository, '--fix')
    assert.match(mended!.map(({ message }) => message).join(), '2 commits linked')
    assert.equal(checks.filter(({ id }) => id === 'rewrites'), [])
    await assertLinks(repository, { HEAD: [commits[1]!], 'HEAD~1': [commits[0]!], 'HEAD~2': [] })
    assert.equal(await evidenceOf(repository), ['patch-id by doctor'])
    repository.remove()
  })

  it('an amend or a rebase with hooks off is found by what the commits hold', async () => {
    const repository = await makeInitialised()
    const [a, b] = await commitLinkedAll(repository, 'a.txt', 'b.txt')
    await run(repository, `${UNSEEN} commit -q --amend -m new`)
    await relink(repository)
    await assertLinks(repository, { HEAD: [b!] })
    await run(repository, `git switch -q -c other HEAD~2 && git commit -q --allow-empty -m other &&
      ${UNSEEN} rebase -q other main`)
    await relink(repository)
    await assertLinks(repository, { HEAD: [b!], 'HEAD~1': [a!], 'HEAD~2': [] })
    repository.remove()
  })

  it('is nobody\'s where a commit changes nothing, or an agent made the same later', async () => {
    const repository = await makeInitialised()
    await run(repository, 'git switch -q -c topic')
    const [a] = await commitLinkedAll(repository, 'a.txt', 'b.txt')
    await repository.commit('By hand', { 'mine.txt': 'mine\n' })
    await run(repository, 'git revert --no-edit HEAD')
    // Commits tell their time in seconds: else what comes now might be in the commit by hand.
    await sleep(1100)
    const later = await commitLinked(repository, 'mine.txt', 'mine\n')
    await run(repository, 'git commit -q --allow-empty -m empty && git switch -q -c other topic~4')
    await run(repository, 'git commit -q --allow-empty -m other && git switch -q main')
    await repository.sh('git commit -q --allow-empty -m main; git bitloops relink')
    await assertLinks(repository, {
      topic: [], 'topic~1': [later], 'topic~2': [], 'topic~3': [], 'topic~5': [a!], other: [], main: [],
    })
    repository.remove()
  })

  it('stash and unstash leave drafts to their commit', async () => {
    const repository = await makeInitialised()
    const claude = await playTurn(repository, 'Write a', { 'a.txt': 'one\n' })
    await run(repository, 'git stash -q -u && git commit -q --allow-empty -m between && git stash pop -q')
    await run(repository, commitAll('a'))
    assert.equal((await readOnly(repository)).record.sessions.map(({ session }) => session), [claude.session])
    await assertLinks(repository, { 'HEAD~1': [] })
    repository.remove()
  })
})
