// What doctor proves of checkpoints, links and notes: real ones are sound, and each forgery is found.

import * as assert from 'uvu/assert'
import { openRepository } from '../src/git/repository.ts'
import { CHECKPOINTS_REF, checkpointPath, linkPath } from '../src/model/checkpoint.ts'
import { diagnoseIntegrity } from '../src/model/diagnose-integrity.ts'
import type { Integrity } from '../src/model/diagnose-integrity.ts'
import { verify } from '../src/verify.ts'
import { checkpointId, checkpointRecord, writeCheckpoints, writeNotes } from './support/checkpoint-fixture.ts'
import { readOnly } from './support/checkpoints.ts'
import { makeClones } from './support/clones.ts'
import { makeInitialised } from './support/repository.ts'
import type { RepositoryOptions, TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'
import { playTurn } from './support/turn.ts'

/** Two commits of one session, so that the slices of its transcript form a chain, and one that was amended. */
async function makeChain(options: RepositoryOptions = {}): Promise<TestRepository> {
  const repository = await makeInitialised(options)
  const claude = await playTurn(repository, 'Write a', { 'a.txt': 'one\n' })
  await repository.commit('Add a', { 'a.txt': 'one\n' })
  await playTurn(repository, 'Grüße 🌍', { 'b.txt': 'two\n' }, claude)
  await repository.commit('Add b', { 'b.txt': 'two\n' })
  await repository.git('commit', '--quiet', '--amend', '-m', 'Add b well')
  return repository
}

const look = async ({ root, env }: TestRepository, anew = false): Promise<Integrity> =>
  await verify(await openRepository(root, env), { anew })

const flawsOf = async (repository: TestRepository, anew = false): Promise<readonly string[]> =>
  (await look(repository, anew)).flaws.map((flaw) => 'path' in flaw ? `${flaw.kind} ${flaw.path}` : flaw.kind)

/** A commit on top of a ref, by plumbing alone. `null` removes a path. */
async function forge(
  repository: TestRepository, ref: string, files: Readonly<Record<string, string | null>>,
): Promise<void> {
  const changes = Object.entries(files).map(([path, text]) =>
    text === null ? `D ${path}\n` : `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`).join('')
  const { sandbox, root, env } = repository
  const input = `commit ${ref}\ncommitter M <m@example.com> 1795190400 +0000\ndata 0\nfrom ${ref}^0\n${changes}`
  const made = await sandbox.run('git', ['fast-import', '--quiet'], { cwd: root, env, input })
  if (made.code !== 0) throw new Error(made.output)
}

for (const objectFormat of ['sha1', 'sha256'] as const) {
  describe(`verify (${objectFormat})`, (it) => {
    it('finds what was promoted and relinked sound, and looks only at what is new the next time', async () => {
      const repository = await makeChain({ objectFormat })
      const first = await look(repository)
      assert.equal(first.flaws, [])
      assert.is(first.checkpoints, 2)
      assert.ok(first.steps >= 2 && first.notes >= 2)
      assert.equal(await look(repository), { ...first, steps: 0, checkpoints: 0, notes: 0 })
      await playTurn(repository, 'Write c', { 'c.txt': 'three\n' })
      await repository.commit('Add c', { 'c.txt': 'three\n' })
      const { checkpoints, notes, flaws } = await look(repository)
      assert.equal({ checkpoints, notes, flaws }, { checkpoints: 1, notes: 1, flaws: [] })
      assert.is((await look(repository, true)).checkpoints, 3)
      repository.remove()
    })

    it('DOC-09 finds a changed blob', async () => {
      const repository = await makeChain({ objectFormat })
      await look(repository)
      const { record } = await readOnly(repository, 'HEAD~1')
      const folder = checkpointPath(record.origin.commit, record.id)
      const path = `${folder}/transcript.jsonl`
      const text = await repository.git('cat-file', 'blob', `${CHECKPOINTS_REF}:${path}`)
      await forge(repository, CHECKPOINTS_REF, { [path]: `${text.replace('Write a', 'Write z')}\n` })
      assert.equal(await flawsOf(repository), [`changed ${path}`, 'content'])
      // What is flawed is not remembered as sound.
      assert.equal(await flawsOf(repository), [`changed ${path}`, 'content'])
      repository.remove()
    })

    it('finds a removed path', async () => {
      const repository = await makeChain({ objectFormat })
      const { record } = await readOnly(repository, 'HEAD~1')
      const path = `${checkpointPath(record.origin.commit, record.id)}/summary.md`
      await forge(repository, CHECKPOINTS_REF, { [path]: null })
      assert.equal(await flawsOf(repository), [`removed ${path}`])
      repository.remove()
    })

    it('finds a note line without a link', async () => {
      const repository = await makeChain({ objectFormat })
      const { record } = await readOnly(repository, 'HEAD~1')
      const parent = await repository.git('rev-parse', 'HEAD~2')
      await writeNotes(repository, { [parent]: record.note.join('\n') })
      assert.equal(await flawsOf(repository), ['note'])
      repository.remove()
    })

    it('DOC-09 finds a tip that is not related, be it ours or a remote\'s', async () => {
      const repository = await makeChain({ objectFormat })
      assert.equal(await flawsOf(repository), [])
      const tree = await repository.git('rev-parse', `${CHECKPOINTS_REF}^{tree}`)
      const other = await repository.git('commit-tree', '-m', 'Another beginning', tree)
      await repository.git('update-ref', 'refs/bitloops/remotes/origin/checkpoints', other)
      assert.equal(await flawsOf(repository), ['unrelated'])
      await repository.git('update-ref', '-d', 'refs/bitloops/remotes/origin/checkpoints')
      await repository.git('update-ref', CHECKPOINTS_REF, other)
      assert.equal(await flawsOf(repository), ['unrelated'])
      // Everything in it is sound, and the user says that it is right.
      assert.equal([await flawsOf(repository, true), await flawsOf(repository)], [[], []])
      repository.remove()
    })
  })
}

describe('verify', (it) => {
  it('finds content that its id was not made from, though the chain never changed it', async () => {
    const repository = await makeInitialised()
    const commit = await repository.git('rev-parse', 'HEAD')
    await writeCheckpoints(repository, [{ record: checkpointRecord(commit) }])
    assert.equal(await flawsOf(repository), ['content'])
    repository.remove()
  })

  it('finds a native transcript that was cut, by its id', async () => {
    const repository = await makeChain()
    const { record } = await readOnly(repository, 'HEAD~1')
    const { path } = record.sessions[0]!.transcript!
    const file = `${checkpointPath(record.origin.commit, record.id)}/${path}`
    await forge(repository, CHECKPOINTS_REF, { [file]: '{}\n' })
    assert.equal(await flawsOf(repository), [`changed ${file}`, 'content'])
    repository.remove()
  })

  it('finds a link that leads nowhere', async () => {
    const repository = await makeChain()
    const commit = await repository.git('rev-parse', 'HEAD')
    await writeCheckpoints(repository, [{ record: checkpointRecord(commit, { id: checkpointId(9) }), stored: false }])
    assert.equal(await flawsOf(repository), ['link'])
    repository.remove()
  })

  it('accepts a new epoch that begins the chain anew with a tombstone', async () => {
    const repository = await makeChain()
    await look(repository)
    const { record } = await readOnly(repository, 'HEAD~1')
    const { commit } = record.origin
    await repository.git('update-ref', 'refs/old', CHECKPOINTS_REF)
    await forge(repository, CHECKPOINTS_REF, {
      [checkpointPath(commit, record.id)]: null, [linkPath(commit, record.id)]: null, '.bitloops/epoch': '1\n',
      [`.bitloops/tombstones/v1/${record.id}.json`]: '{}\n',
    })
    const tree = await repository.git('rev-parse', `${CHECKPOINTS_REF}^{tree}`)
    await repository.git('update-ref', CHECKPOINTS_REF, await repository.git('commit-tree', '-m', 'Purge', tree))
    await repository.git('notes', '--ref', 'bitloops', 'remove', commit)
    assert.equal(await flawsOf(repository), [])
    repository.remove()
  })

  it('is part of doctor, which names what was forged and fails', async () => {
    const repository = await makeChain()
    const fine = await repository.bitloops('doctor', '--verify')
    const words = (text: string): string => text.replace(/\s+/g, ' ')
    assert.match(words(fine.stdout), /nothing was changed or removed since .* \(\d+ changes, 2 checkpoints, \d+ notes/)
    const { record } = await readOnly(repository, 'HEAD~1')
    await forge(repository, CHECKPOINTS_REF, { [linkPath(record.origin.commit, record.id)]: null })
    const { code, stdout } = await repository.bitloops('doctor')
    assert.is(code, 1)
    assert.match(words(stdout), /was removed by [0-9a-f]{10} of refs\/bitloops\/checkpoints, and no tombstone says/)
    repository.remove()
  })

  it('finds both clones sound that began apart, and were united twice', async () => {
    const { remote, clones: [one, two] } = await makeClones(['one', 'two'])
    const work = async (clone: TestRepository, name: string): Promise<void> => {
      await playTurn(clone, `Write ${name}`, { [name]: `${name}\n` })
      await clone.commit(`Add ${name}`, { [name]: `${name}\n` })
    }
    for (const round of [1, 2]) {
      await Promise.all([work(one!, `one-${round}.txt`), work(two!, `two-${round}.txt`)])
      for (const clone of [one!, two!, one!]) assert.is((await clone.bitloops('push', 'origin')).code, 0)
      for (const clone of [one!, two!]) assert.is((await clone.bitloops('fetch', 'origin')).code, 0)
      for (const clone of [one!, two!]) assert.equal(await flawsOf(clone), [])
    }
    for (const clone of [one!, two!]) {
      const { flaws, checkpoints } = await look(clone, true)
      assert.equal({ flaws, checkpoints }, { flaws: [], checkpoints: 4 })
    }
    remote.remove()
  })

  it('says nothing, and remembers nothing, where there are no checkpoints yet', async () => {
    const repository = await makeInitialised()
    assert.equal(diagnoseIntegrity(await look(repository)), [])
    assert.not.ok(repository.exists('.git/bitloops/verified.json'))
    repository.remove()
  })
})

describe('diagnoseIntegrity', (it) => {
  it('says a few, and how many more there are', () => {
    const flaw = { kind: 'removed', path: 'x', by: 'a'.repeat(40) } as Integrity['flaws'][number]
    const flaws = [flaw, flaw, flaw, flaw, flaw]
    const checks = diagnoseIntegrity({ flaws, isThere: true, steps: 5, checkpoints: 1, notes: 1, isShallow: true })
    assert.equal(checks.map(({ state }) => state), ['fail', 'fail', 'fail', 'warn'])
    assert.match(checks[2]!.message, '(and 2 more)')
  })
})
