// The rewriting scenarios REW-05 to REW-08 and REW-13 to REW-15: rebases that go through.

import * as assert from 'uvu/assert'
import { readLinked } from './support/checkpoints.ts'
import { makeInitialised } from './support/repository.ts'
import {
  assertLinks, commitLinked, commitLinkedAll, countCheckpoints, evidenceOf, idsOf, makeConflict, makeTopic, rebaseWith,
  run,
} from './support/rewriting.ts'
import type { LinkedCommit } from './support/rewriting.ts'
import { describe } from './support/suite.ts'
import { playStart, playTurn } from './support/turn.ts'

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
      for (const edit of ['3s/pick/squash/', '3s/pick/fixup/', '2s/pick/fixup/;3s/pick/squash/']) {
        const { repository, commits: [a, b, c] } = await makeTopic({ objectFormat }, 'a.txt', 'b.txt', 'c.txt')
        await rebaseWith(repository, edit, 'main')
        const both = edit.includes(';')
        const last = both ? [a!, b!, c!] : [b!, c!]
        await assertLinks(repository, { HEAD: last, 'HEAD~1': both ? [] : [a!] })
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

  it('REW-05 by the agent\'s shell makes nothing the agent\'s work, nor does its squash or its reset', async () => {
    const { repository, commits: [a, b] } = await makeTopic({}, 'a.txt', 'b.txt')
    await run(repository, 'echo mine >mine.txt && git add mine.txt && git commit -q -m mine')
    const claude = await playStart(repository)
    await claude.prompt('Rebase it')
    await claude.bash('git rebase -q main')
    await assertLinks(repository, { 'HEAD~2': [a!], 'HEAD~1': [b!], HEAD: [] })
    await claude.bash('git reset -q --soft HEAD~3 && git commit -q -m all')
    await assertLinks(repository, { HEAD: [a!, b!] })
    await claude.bash('git branch -f done && git reset -q --hard main')
    await claude.bash('git merge -q --squash done && git commit -q -m one')
    await assertLinks(repository, { HEAD: [a!, b!], 'HEAD~1': [] })
    assert.is(await countCheckpoints(repository), 2)
    repository.remove()
  })

  it('REW-15 pull --rebase: ours follow, and upstream gets nothing', async () => {
    const repository = await makeInitialised()
    const { folder } = repository.sandbox
    await run(repository, `git init -q -b main --bare ../remote && git remote add origin ../remote &&
      git push -q -u origin main`)
    const foreign = await commitLinked(repository, 'foreign.txt')
    await run(repository, `git push -q && git reset -q --hard HEAD~1 && cd '${folder}' &&
      git clone -q remote theirs && cd theirs && git switch -q -c x &&
      for n in 1 2; do
        git switch -q x; echo $n >$n; git add $n; git commit -q -m $n; git switch -q main; git merge -q --no-ff -m m$n x
      done && git push -q`)
    const [a, b] = await commitLinkedAll(repository, 'a.txt', 'b.txt')
    await run(repository, 'git pull -q --rebase')
    await assertLinks(repository, {
      HEAD: [b!], 'HEAD~1': [a!], 'HEAD~2': [], 'HEAD~3': [], 'HEAD~2^2': [], 'HEAD~4': [foreign],
    })
    repository.remove()
  })
})
