// Writing plans into the refs: real git, several writers, interrupted writes.

import * as assert from 'uvu/assert'
import { openObjectReader } from '../../src/git/cat-file.ts'
import { listRefs } from '../../src/git/refs.ts'
import { openRepository } from '../../src/git/repository.ts'
import { CHECKPOINTS_REF, NOTES_REF, checkpointPath, linkPath, tombstonePath } from '../../src/model/checkpoint.ts'
import type { CheckpointId, Oid } from '../../src/model/ids.ts'
import { writePlan } from '../../src/store/checkpoints.ts'
import type { CheckpointPlan, Plan } from '../../src/store/plans.ts'
import { makeRepository } from '../support/repository.ts'
import type { TestRepository } from '../support/repository.ts'
import { describe, rejects } from '../support/suite.ts'

const idOf = (at: number): CheckpointId => `01JD4R0000${String(at).padStart(16, '0')}` as CheckpointId
const planFor = (commit: Oid, at: number): CheckpointPlan => ({
  row: at, checkpoint: idOf(at), commit, kind: 'commit', cutoff: 0, state: 'frozen',
  files: { 'session.json': `{"id":"${idOf(at)}"}\n`, 'summary.md': 'ü\n', 'native/claude-code-s.jsonl': '{}\n' },
  links: [{ schema: 1, commit, checkpoint: idOf(at), evidence: 'commit', by: 'promotion' }],
  note: [`${idOf(at)} 00 claude-code`, `${idOf(at)} 99 origin ${commit}`],
})

async function write(repository: TestRepository, plan: Plan, tries = 200): Promise<boolean> {
  const place = await openRepository(repository.root, repository.env)
  const reader = openObjectReader(place)
  let left = tries
  try {
    const writing = { repository: place, reader, mayGoOn: () => (left -= 1) > 0 }
    return await writePlan(writing, 'A <a@example.com> 1795190400 +0100', plan)
  } finally {
    reader.close()
  }
}

const formats = ['sha1', 'sha256'] as const
for (const objectFormat of formats) {
  describe(`writePlan (${objectFormat})`, (it) => {
    it('writes the checkpoint, its link and the note, once', async () => {
      const repository = await makeRepository({ objectFormat })
      const commit = await repository.commit('One', { 'a.txt': 'a\n' }) as Oid
      const plan = planFor(commit, 1)
      assert.ok(await write(repository, plan))
      const tip = await repository.git('rev-parse', CHECKPOINTS_REF)
      assert.is(await repository.git('show', `${tip}:${checkpointPath(commit, plan.checkpoint)}/summary.md`), 'ü')
      assert.is(await repository.git('cat-file', '-p', `${tip}:${linkPath(commit, plan.checkpoint)}`),
        JSON.stringify(plan.links[0], undefined, 2))
      assert.is(await repository.git('notes', '--ref', 'bitloops', 'show', commit), plan.note.join('\n'))
      assert.is(await repository.git('log', '-1', '--format=%an %ae %cd', '--date=raw', tip),
        'A a@example.com 1795190400 +0100')
      assert.ok(await write(repository, plan))
      assert.is(await repository.git('rev-parse', CHECKPOINTS_REF), tip)
      assert.equal([...await listRefs(await openRepository(repository.root, repository.env), 'refs/bitloops/tmp')], [])
    })

    it('loses nothing when twelve write at once', async () => {
      const repository = await makeRepository({ objectFormat })
      const commits: Oid[] = []
      for (let at = 0; at < 12; at += 1) {
        commits.push(await repository.commit(`Commit ${at}`, { 'a.txt': `${at}\n` }) as Oid)
      }
      const plans = commits.map((commit, at) => planFor(commit, at))
      assert.equal(await Promise.all(plans.map((plan) => write(repository, plan))), plans.map(() => true))
      for (const plan of plans) {
        await repository.git('cat-file', '-e', `${CHECKPOINTS_REF}:${linkPath(plan.commit, plan.checkpoint)}`)
        assert.is(await repository.git('notes', '--ref', 'bitloops', 'show', plan.commit), plan.note.join('\n'))
      }
      assert.is((await repository.tryGit('fsck', '--strict', '--no-dangling')).output, '')
      assert.is(await repository.git('rev-list', '--count', CHECKPOINTS_REF), '12')
    })
  })
}

describe('writePlan', (it) => {
  it('goes on where a killed one stopped: the ref written, the note not', async () => {
    const repository = await makeRepository()
    const commit = await repository.commit('One', { 'a.txt': 'a\n' }) as Oid
    await write(repository, planFor(commit, 1))
    const tip = await repository.git('rev-parse', CHECKPOINTS_REF)
    await repository.git('update-ref', '-d', NOTES_REF)
    assert.ok(await write(repository, planFor(commit, 1)))
    assert.is(await repository.git('rev-parse', CHECKPOINTS_REF), tip)
    assert.match(await repository.git('notes', '--ref', 'bitloops', 'show', commit), ' 99 origin ')
  })

  it('links a commit to session checkpoints, and to none that was purged meanwhile', async () => {
    const repository = await makeRepository()
    const base = await repository.commit('One', { 'a.txt': 'a\n' }) as Oid
    const commit = await repository.commit('Two', { 'a.txt': 'b\n' }) as Oid
    for (const at of [1, 2]) await write(repository, { ...planFor(base, at), kind: 'session', links: [] })
    assert.is((await repository.tryGit('notes', '--ref', 'bitloops', 'show', base)).code, 1)
    const tree = await repository.sh(`export GIT_INDEX_FILE=x
      git read-tree ${CHECKPOINTS_REF}
      blob=$(printf '{}' | git hash-object -w --stdin)
      git update-index --add --cacheinfo 100644,$blob,${tombstonePath(idOf(2))}
      git write-tree`)
    const purged = await repository.git('commit-tree', '-p', CHECKPOINTS_REF, '-m', 'purge', tree.stdout.trim())
    await repository.git('update-ref', CHECKPOINTS_REF, purged)
    const { checkpoint: _, ...plan } = planFor(commit, 3)
    const only: Plan = {
      ...plan, files: {}, note: [1, 2].flatMap((at) => planFor(base, at).note),
      links: [1, 2].map((at) =>
        ({ schema: 1, commit, checkpoint: idOf(at), evidence: 'attached', from: base, by: 'promotion' })),
    }
    for (let times = 0; times < 2; times += 1) assert.ok(await write(repository, only))
    const listed = await repository.git('ls-tree', '-r', '--name-only', CHECKPOINTS_REF, '.bitloops/links')
    assert.is(listed, linkPath(commit, idOf(1)))
    assert.is(await repository.git('notes', '--ref', 'bitloops', 'show', commit), planFor(base, 1).note.join('\n'))
    assert.is(await repository.git('rev-list', '--count', CHECKPOINTS_REF), '4')
  })

  it('keeps a human\'s note and foreign lines, at whatever fan-out git put them', async () => {
    const repository = await makeRepository()
    const commit = await repository.commit('One', { 'a.txt': 'a\n' }) as Oid
    await repository.git('notes', '--ref', 'bitloops', 'add', '-m', 'zz written by hand', commit)
    assert.is(await repository.git('ls-tree', '-r', '--name-only', NOTES_REF), commit)
    const plan = planFor(commit, 1)
    assert.ok(await write(repository, plan))
    assert.is(await repository.git('notes', '--ref', 'bitloops', 'show', commit),
      [...plan.note, 'zz written by hand'].join('\n'))
    assert.is(await repository.git('ls-tree', '-r', '--name-only', NOTES_REF),
      `${commit.slice(0, 2)}/${commit.slice(2)}`)
  })

  it('writes nothing into a store of a newer format (PRO-23)', async () => {
    const repository = await makeRepository()
    const commit = await repository.commit('One', { 'a.txt': 'a\n' }) as Oid
    await write(repository, planFor(commit, 1))
    const tree = await repository.sh(`export GIT_INDEX_FILE=x
      git read-tree ${CHECKPOINTS_REF}
      blob=$(printf '2\\n' | git hash-object -w --stdin)
      git update-index --add --cacheinfo 100644,$blob,.bitloops/format
      git write-tree`)
    const newer = await repository.git('commit-tree', '-p', CHECKPOINTS_REF, '-m', 'newer', tree.stdout.trim())
    await repository.git('update-ref', CHECKPOINTS_REF, newer)
    const error = await rejects(write(repository, planFor(commit, 2)))
    assert.match(error.message, 'newer git-bitloops (format 2)')
    assert.is(await repository.git('rev-parse', CHECKPOINTS_REF), newer)
  })

  it('gives up in time when the ref is locked, and changes nothing', async () => {
    const repository = await makeRepository()
    const commit = await repository.commit('One', { 'a.txt': 'a\n' }) as Oid
    repository.write('.git/refs/bitloops/checkpoints.lock', '')
    assert.is(await write(repository, planFor(commit, 1), 3), false)
    assert.is(await repository.git('for-each-ref', NOTES_REF), '')
    await repository.sh('rm .git/refs/bitloops/checkpoints.lock')
    assert.ok(await write(repository, planFor(commit, 1)))
  })
})
