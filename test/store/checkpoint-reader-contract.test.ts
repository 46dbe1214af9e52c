// What every reader of checkpoints must do, wherever its objects come from: the git executable, a remote over HTTP
// (isomorphic-git), libgit2 in this process (nodegit).

import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { openObjectReader } from '../../src/git/cat-file.ts'
import { loadNodeHttp, openRemoteObjects } from '../../src/git/isomorphic-source.ts'
import { openNativeObjects } from '../../src/git/nodegit-source.ts'
import type { ObjectReader } from '../../src/git/objects.ts'
import { openRepository } from '../../src/git/repository.ts'
import { checkpointPath, linkPath } from '../../src/model/checkpoint.ts'
import type { Oid } from '../../src/model/ids.ts'
import { openCheckpointReader } from '../../src/store/checkpoint-reader.ts'
import type { CheckpointReader } from '../../src/store/checkpoint-reader.ts'
import {
  checkpointId, checkpointRecord, entry, writeCheckpoints, writeNotes,
} from '../support/checkpoint-fixture.ts'
import { serveRepositories } from '../support/http-remote.ts'
import { makeRepository } from '../support/repository.ts'
import type { TestRepository } from '../support/repository.ts'
import { PROJECT } from '../support/sandbox.ts'
import { describe, rejects } from '../support/suite.ts'

interface Source {
  readonly name: string
  /** Whether commits of the project can be read, too. */
  readonly hasCommits: boolean
  readonly sha256: boolean
  open(repository: TestRepository): Promise<ObjectReader>
}

/** What `make nodegit` built; where nodegit is installed beside us, that. */
const NODEGIT = join(PROJECT, 'build', 'nodegit', 'package.json')

const git: Source = {
  name: 'git', hasCommits: true, sha256: true,
  open: async ({ root, env }) => openObjectReader({ cwd: root, env }),
}
const isomorphic: Source = {
  name: 'isomorphic-git', hasCommits: false, sha256: false,
  async open({ sandbox }) {
    const remote = await serveRepositories(sandbox.folder)
    try {
      return await openRemoteObjects(`${remote.url}/project`, { http: await loadNodeHttp() })
    } finally {
      await remote.close()
    }
  },
}
const nodegit: Source = {
  name: 'nodegit', hasCommits: true, sha256: false,
  async open({ root, env }) {
    const native = await openNativeObjects(await openRepository(root, env), NODEGIT)
    if (native.kind !== 'open') throw new Error(native.reason)
    return native.objects
  },
}

/** Runs a test with a reader of a repository, and ends both. */
async function read<Value>(
  source: Source, repository: TestRepository, test: (reader: CheckpointReader) => Promise<Value>,
): Promise<Value> {
  const objects = await source.open(repository)
  try {
    return await test(openCheckpointReader(objects))
  } finally {
    objects.close()
  }
}

const commitIn = async (repository: TestRepository, name: string): Promise<Oid> =>
  await repository.commit(name, { 'a.txt': `${name}\n` }) as Oid

function contract(source: Source): void {
  describe(`CheckpointReader of ${source.name}`, (it) => {
    it('finds nothing in a repository that has nothing', async () => {
      const repository = await makeRepository()
      const commit = await commitIn(repository, 'One')
      await read(source, repository, async (reader) => {
        assert.is(await reader.hasCheckpoints(), false)
        assert.equal(await reader.checkpointsOf(commit), [])
        assert.equal(await reader.listMadeFor(commit), [])
        assert.equal(await reader.readNote(commit), [])
        assert.equal(await reader.findCommits(commit.slice(0, 4)), [])
      })
      repository.remove()
    })

    it('gives the checkpoints of a commit in their order, as they were written', async () => {
      const repository = await makeRepository()
      const [commit, other] = [await commitIn(repository, 'One'), await commitIn(repository, 'Two')]
      const [first, second] = [checkpointRecord(commit, { id: checkpointId(2) }), checkpointRecord(commit, { seq: 1 })]
      await writeCheckpoints(repository, [{ record: second }, { record: first }])
      const check = (): Promise<void> => read(source, repository, async (reader) => {
        const found = await reader.checkpointsOf(commit)
        assert.equal(found.map((each) => each.kind === 'found' && each.record), [first, second])
        assert.equal(found.map((each) => each.kind === 'found' && each.link?.evidence), ['commit', 'commit'])
        assert.equal(await reader.listMadeFor(commit), [second.id, first.id])
        assert.equal(await reader.checkpointsOf(other), [])
        assert.is(await reader.hasCheckpoints(), true)
      })
      await check()
      await repository.git('gc', '--quiet')
      await check()
      repository.remove()
    })

    it('follows the links of a commit that was rewritten twice, and believes an unlink', async () => {
      const repository = await makeRepository()
      const made = await commitIn(repository, 'One')
      const [once, twice] = [await commitIn(repository, 'Two'), await commitIn(repository, 'Three')]
      const record = checkpointRecord(made)
      const links = [{ record }, { record, linkedTo: once }, { record, linkedTo: twice, link: { from: once } }]
      await writeCheckpoints(repository, links,
        { [linkPath(made, record.id).replace(/json$/, 'unlink')]: '' })
      await read(source, repository, async (reader) => {
        const [found] = await reader.checkpointsOf(twice)
        assert.equal(found?.kind === 'found' && found.record, record)
        assert.equal(await reader.checkpointsOf(made), [])
      })
      repository.remove()
    })

    it('says which checkpoint is missing, newer or unreadable', async () => {
      const repository = await makeRepository()
      const commit = await commitIn(repository, 'One')
      await writeCheckpoints(repository, [
        { record: checkpointRecord(commit), stored: false },
        { record: { ...checkpointRecord(commit, { id: checkpointId(2) }), schema: 2 } },
        { record: { ...checkpointRecord(commit, { id: checkpointId(3) }) }, link: { commit: 'f'.repeat(40) as Oid } },
      ])
      await read(source, repository, async (reader) => {
        assert.equal((await reader.checkpointsOf(commit)).map((each) => each.kind), ['missing', 'newer', 'unreadable'])
      })
      repository.remove()
    })

    it('reads a transcript over all its parts, and the summary', async () => {
      const repository = await makeRepository()
      const commit = await commitIn(repository, 'One')
      const record = checkpointRecord(commit)
      const transcript = [
        entry({ kind: 'prompt', text: 'Grüße 🌍', origin: 'human' }), entry({ kind: 'reasoning', text: 'because' }),
      ]
      const further = entry({ kind: 'response', text: 'done' })
      await writeCheckpoints(repository, [{ record, transcript }], {
        [`${checkpointPath(commit, record.id)}/transcript.2.jsonl`]: `${JSON.stringify(further)}\n`,
      })
      await read(source, repository, async (reader) => {
        const [found] = await reader.checkpointsOf(commit)
        if (found?.kind !== 'found') throw new Error('not found')
        assert.equal(await reader.readTranscript(found), [...transcript, further])
        assert.equal(await reader.readTranscript(found, (line) => line.includes('"reasoning"')), [transcript[1]])
        assert.is(await reader.readSummary(found), '# Summary\n')
      })
      repository.remove()
    })

    for (const depth of [0, 1, 2]) {
      it(`reads notes ${depth} folders deep, and finds commits by them`, async () => {
        const repository = await makeRepository()
        const [commit, other] = [await commitIn(repository, 'One'), await commitIn(repository, 'Two')]
        const { note, id } = checkpointRecord(commit)
        const text = `\n${note.join('\n\n')}\nforeign line\n`
        await writeNotes(repository, { [commit]: text, [other]: 'nothing of ours\n' }, depth)
        await read(source, repository, async (reader) => {
          const lines = await reader.readNote(commit)
          assert.equal(lines.map(({ checkpoint, ordinal }) => [checkpoint, ordinal]), [[id, 0], [id, 10], [id, 99]])
          assert.equal(await reader.readNote(other), [])
          assert.equal(await reader.findCommits(commit.slice(0, 4)), [commit])
        })
        repository.remove()
      })
    }

    it('finds commits by the beginning of their ids, by link or note', async () => {
      const repository = await makeRepository()
      const [linked, noted] = [`ab12${'0'.repeat(36)}` as Oid, `ab13${'0'.repeat(36)}` as Oid]
      await commitIn(repository, 'One')
      await writeCheckpoints(repository, [{ record: checkpointRecord(linked) }])
      await writeNotes(repository, { [noted]: 'x\n', [linked]: 'x\n' })
      await read(source, repository, async (reader) => {
        assert.equal(await reader.findCommits('ab1'), [linked, noted])
        assert.equal(await reader.findCommits('ab12'), [linked])
        assert.equal(await reader.findCommits('ab14'), [])
      })
      repository.remove()
    })

    it(source.hasCommits ? 'tells what a revision means' : 'knows no commits', async () => {
      const repository = await makeRepository()
      const commit = await commitIn(repository, 'One\n\nBecause.')
      await commitIn(repository, 'Two')
      await read(source, repository, async (reader) => {
        for (const revision of [commit, commit.slice(0, 10), 'HEAD~1', 'main^']) {
          assert.is((await reader.resolve(revision))?.oid, source.hasCommits ? commit : undefined)
        }
        if (source.hasCommits) assert.is((await reader.resolve('HEAD~1'))?.subject, 'One')
        assert.is(await reader.resolve('nowhere'), undefined)
      })
      repository.remove()
    })

    it(source.sha256 ? 'reads SHA-256 objects' : 'says that it cannot read SHA-256 objects', async () => {
      const repository = await makeRepository({ objectFormat: 'sha256' })
      const commit = await commitIn(repository, 'One')
      await writeCheckpoints(repository, [{ record: checkpointRecord(commit) }])
      await writeNotes(repository, { [commit]: checkpointRecord(commit).note.join('\n') }, 2)
      if (source.sha256) {
        await read(source, repository, async (reader) => {
          assert.equal((await reader.checkpointsOf(commit)).map((each) => each.kind), ['found'])
          assert.is((await reader.readNote(commit)).length, 3)
        })
      } else {
        assert.match((await rejects(source.open(repository))).message, /sha-?256/i)
      }
      repository.remove()
    })
  })
}

// Before the first suite: uvu begins as soon as this file waits for something.
const probed = await makeRepository()
const probe = await openNativeObjects(await openRepository(probed.root, probed.env), NODEGIT)
probed.remove()
contract(git)
contract(isomorphic)
if (probe.kind === 'absent') console.log(`nodegit is skipped, make nodegit builds it: ${probe.reason}`)
else contract(nodegit)
