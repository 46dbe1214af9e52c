// The reader for editors and web pages, with the HTTP client of browsers.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Oid } from '../src/model/ids.ts'
import { openRemote } from '../src/reader.ts'
import { checkpointRecord, entry, writeCheckpoints, writeNotes } from './support/checkpoint-fixture.ts'
import { serveRepositories } from './support/http-remote.ts'
import { makeRepository } from './support/repository.ts'
import { PROJECT } from './support/sandbox.ts'
import { describe } from './support/suite.ts'

describe('git-bitloops/reader', (it) => {
  it('reads checkpoints and notes with the client it is given', async () => {
    const repository = await makeRepository()
    const commit = await repository.commit('One', { 'a.txt': 'a\n' }) as Oid
    const record = checkpointRecord(commit)
    const transcript = [
      entry({ kind: 'prompt', text: 'Hello', origin: 'human' }), entry({ kind: 'reasoning', text: 'so' }),
    ]
    await writeCheckpoints(repository, [{ record, transcript }])
    await writeNotes(repository, { [commit]: record.note.join('\n') })
    const remote = await serveRepositories(repository.sandbox.folder)
    const { default: http } = await import('isomorphic-git/http/web')
    const reader = await openRemote(`${remote.url}/project`, { http })
    assert.is(reader.refs.get('refs/heads/main'), commit)
    assert.equal(await reader.findCommits(commit.slice(0, 6)), [commit])
    const { checkpoints, lost } = await reader.readCheckpoints(commit, { entries: 'all' })
    assert.equal([checkpoints.map((one) => one.record), lost], [[record], []])
    assert.equal(checkpoints[0]!.entries, transcript)
    assert.is((await reader.readNote(commit)).length, 3)
    await remote.close()
    repository.remove()
  })

  it('is built without anything of Node', async () => {
    const built = readFileSync(join(PROJECT, 'dist', 'reader.mjs'), 'utf8')
    const imported = [...built.matchAll(/(?:from|import\(|^import)\s*"([^"]+)"/gm)].map(([, name]) => name)
    assert.equal([...new Set(imported)], ['isomorphic-git'])
    assert.not.match(built, /\bprocess\.|\brequire\(/)
  })
})
