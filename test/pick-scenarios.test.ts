// The rewriting scenarios REW-17 and REW-18: cherry-picks and reverts.

import * as assert from 'uvu/assert'
import { makeInitialised } from './support/repository.ts'
import {
  assertLinks, commitLinkedAll, countCheckpoints, evidenceOf, idsOf, makeBranch, relink, run,
} from './support/rewriting.ts'
import { describe } from './support/suite.ts'
import { playStart } from './support/turn.ts'

for (const objectFormat of ['sha1', 'sha256'] as const) {
  describe(`a cherry-pick (${objectFormat})`, (it) => {
    it('of one commit and of several is linked, with its source', async () => {
      const { repository, commits: [a, c, d] } = await makeBranch({ objectFormat }, 'a.txt', 'c.txt', 'd.txt')
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
      for (const go of ['GIT_EDITOR=true git cherry-pick --continue', 'git commit -q -m picked']) {
        const { repository, commits: [b] } = await makeBranch({ objectFormat }, 'b.txt')
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
  it('REW-17 that was aborted leaves an ordinary commit alone, and gives what was thrown away nothing', async () => {
    const { repository, commits: [a, b] } = await makeBranch({}, 'a.txt', 'b.txt')
    await repository.sh(`git cherry-pick ${a!.oid}^..${b!.oid}`)
    const thrownAway = await repository.git('rev-parse', 'HEAD')
    await repository.sh('GIT_EDITOR=false git commit')
    await run(repository, 'git cherry-pick --abort')
    await repository.bitloops('status')
    await run(repository, 'echo both >b.txt && git commit -q -a -m ordinary')
    await repository.bitloops('explain')
    await assertLinks(repository, { HEAD: [], 'HEAD~1': [], [thrownAway]: [] })
    assert.not.ok(repository.exists('.git/bitloops-picked'))
    repository.remove()
  })

  it('of several with a conflict in between, or at the end, is linked whole', async () => {
    for (const paths of [['a.txt', 'b.txt', 'c.txt'], ['a.txt', 'c.txt', 'b.txt']]) {
      for (const go of [
        'GIT_EDITOR=true git cherry-pick --continue',
        'git commit -q -m b && { [ ! -d .git/sequencer ] || git cherry-pick --continue; }',
      ]) {
        const { repository, commits: [first, second, third] } = await makeBranch({}, ...paths)
        await repository.sh(`git cherry-pick ${first!.oid}^..${third!.oid}`)
        await run(repository, `echo both >b.txt && git add b.txt && ${go}`)
        await assertLinks(repository, { HEAD: [third!], 'HEAD~1': [second!], 'HEAD~2': [first!], 'HEAD~3': [] })
        repository.remove()
      }
    }
  })

  it('of several that was quit is settled by the next command', async () => {
    const { repository, commits: [a, b] } = await makeBranch({}, 'a.txt', 'b.txt')
    await repository.sh(`git cherry-pick ${a!.oid}^..${b!.oid}`)
    await run(repository, 'git cherry-pick --quit && git reset -q --hard')
    await repository.bitloops('explain')
    await assertLinks(repository, { HEAD: [a!], 'HEAD~1': [] })
    repository.remove()
  })

  it('with an editor is linked, without a commit of its own it is found by its change', async () => {
    const { repository, commits: [a, c] } = await makeBranch({}, 'a.txt', 'c.txt')
    await run(repository, `GIT_EDITOR="sed -i 1s/.*/Picked/" git cherry-pick -e ${a!.oid}`)
    await assertLinks(repository, { HEAD: [a!] })
    assert.equal(await evidenceOf(repository), ['patch-id by commit'])
    await run(repository, `git cherry-pick -n ${c!.oid} && git commit -q -m c`)
    await assertLinks(repository, { HEAD: [] })
    assert.match(await relink(repository), /by patch-id/)
    await assertLinks(repository, { HEAD: [c!] })
    assert.match((await repository.bitloops('explain')).stdout, 'by patch-id')
    repository.remove()
  })

  it('by the agent\'s shell is no work of the agent, what it resolved is', async () => {
    const { repository, commits: [a, b] } = await makeBranch({}, 'a.txt', 'b.txt')
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
    await run(repository, `git revert --no-commit ${a!.oid}..${b!.oid} && git commit -q -m away`)
    await run(repository, 'git revert --no-edit HEAD~1 HEAD')
    await repository.sh('git bitloops relink')
    await assertLinks(repository, { HEAD: [], 'HEAD~1': [], 'HEAD~2': [] })
    repository.remove()
  })
})
