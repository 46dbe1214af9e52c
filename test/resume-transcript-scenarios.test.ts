// Going on with sessions: what becomes of transcripts, through real git, the installed hooks and the built program.

import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { readLinked } from './support/checkpoints.ts'
import { playClaude } from './support/player.ts'
import { makeInitialised } from './support/repository.ts'
import { elsewhere, filesBelow, linesOf, makeShared, workOn } from './support/resuming.ts'
import { describe } from './support/suite.ts'
import { transcriptPath } from './support/transcript.ts'

describe('a transcript', (it) => {
  it('RES-06 never writes over what only the agent has, unless forced, and then keeps it', async () => {
    const repository = await makeInitialised()
    const claude = await workOn(repository, 'a.txt')
    const path = claude.transcript.path
    const [first] = linesOf(path)
    const newer = JSON.stringify({
      ...JSON.parse(first!) as object, uuid: '00000000-0000-4000-8000-000000000001',
      timestamp: '2100-01-01T00:00:00.000Z',
    })
    const { timestamp: _, ...timeless } = JSON.parse(first!) as Record<string, unknown>
    for (const [text, shown] of [[newer, '2100-01-01 00:00:00Z'], [JSON.stringify(timeless), 'unknown']] as const) {
      writeFileSync(path, `${text}\n`)
      const refused = await repository.bitloops('resume')
      assert.equal([refused.code, refused.stdout], [1, ''])
      assert.match(refused.stderr, `the agent's own transcript ends: ${shown}`)
      assert.match(refused.stderr, /that of the checkpoints ends: {4}20\d\d-/)
      assert.is(readFileSync(path, 'utf8'), `${text}\n`)
      assert.equal(filesBelow(dirname(path)).length, 1)
      const forced = await repository.bitloops('resume', '--force')
      assert.equal([forced.code, forced.stdout], [0, `claude --resume ${claude.session}\n`])
      const backup = /what was there is kept: (.*)/.exec(forced.stderr)![1]!
      assert.is(readFileSync(backup, 'utf8'), `${text}\n`)
      assert.match(readFileSync(path, 'utf8'), 'Write a.txt')
      assert.match(forced.stderr, shown)
      await repository.sh(`rm '${backup}'`)
    }
    repository.remove()
  })

  it('RES-06 goes on with the agent\'s own transcript where it only holds more, and shows both times', async () => {
    const repository = await makeInitialised()
    const claude = await workOn(repository, 'a.txt')
    const last = linesOf(claude.transcript.path).at(-1)!
    appendFileSync(claude.transcript.path, `${JSON.stringify({
      ...JSON.parse(last) as object, uuid: '00000000-0000-4000-8000-000000000002',
      timestamp: '2100-01-01T00:00:00.000Z',
    })}\n`)
    const text = readFileSync(claude.transcript.path, 'utf8')
    const { code, stdout, stderr } = await repository.bitloops('resume')
    assert.equal([code, stdout], [0, `claude --resume ${claude.session}\n`])
    assert.match(stderr, 'the agent\'s own transcript ends: 2100-01-01 00:00:00Z')
    assert.match(stderr, 'that of the checkpoints ends:')
    assert.is(readFileSync(claude.transcript.path, 'utf8'), text)
    repository.remove()
  })

  it('RES-07 takes all three sessions of a squash, each in its newest state', async () => {
    const { remote, clone } = await makeShared()
    await clone.git('switch', '--quiet', '-c', 'topic')
    const one = await workOn(clone, 'one.txt')
    const two = await workOn(clone, 'two.txt')
    const three = await workOn(clone, 'three.txt')
    await one.prompt('Write one-more.txt')
    await one.write('one-more.txt', 'more\n')
    await one.stop('Wrote one-more.txt.')
    await clone.waitForInbox()
    await clone.commit('More', { 'one-more.txt': 'more\n' })
    await clone.git('switch', '--quiet', 'main')
    await clone.git('merge', '--quiet', '--squash', 'topic')
    await clone.git('commit', '--quiet', '-m', 'All of it')
    await clone.git('push', '--quiet', 'origin', 'main')
    const other = await elsewhere(remote, 'two')
    const resumed = await other.resume()
    assert.is(resumed.code, 0, resumed.output)
    assert.equal(resumed.stdout.trimEnd().split('\n'),
      [one, three, two].map(({ session }) => `claude --resume ${session}`))
    const restored = readFileSync(transcriptPath(other.home, other.clone.root, one.session), 'utf8')
    assert.match(restored, 'Wrote one-more.txt.')
    assert.is(filesBelow(join(other.home, '.claude')).length, 3)
    remote.remove()
  })

  it('RES-08 fetches what is not here; what cannot be fetched is an error, never no session', async () => {
    const { remote, clone } = await makeShared()
    const claude = await workOn(clone, 'a.txt')
    await clone.git('push', '--quiet')
    const other = await elsewhere(remote, 'two')
    await other.clone.git('remote', 'set-url', 'origin', join(remote.sandbox.folder, 'nowhere.git'))
    const offline = await other.resume()
    assert.equal([offline.code, offline.stdout], [128, ''])
    assert.match(offline.stderr, 'fatal: origin could not be asked')
    assert.not.match(offline.stderr, 'no session is known')
    assert.equal(filesBelow(join(other.home, '.claude')), [])
    await other.clone.git('remote', 'set-url', 'origin', remote.root)
    const online = await other.resume()
    assert.equal([online.code, online.stdout], [0, `claude --resume ${claude.session}\n`], online.output)
    remote.remove()
  })

  it('RES-10 puts five slices together: one transcript, with the digest of the chain', async () => {
    const { remote, clone } = await makeShared()
    const claude = playClaude(clone)
    await claude.start()
    for (let number = 1; number <= 5; number += 1) {
      await claude.prompt(`Write ${number}.txt`)
      await claude.write(`${number}.txt`, `${number}\n`)
      await claude.stop(`Wrote ${number}.txt. TOKEN=ghp_${'a1B2'.repeat(9)}`)
      await clone.waitForInbox()
      await clone.commit(`Add ${number}.txt`, { [`${number}.txt`]: `${number}\n` })
    }
    const slices = []
    for (let back = 4; back >= 0; back -= 1) {
      for (const { record } of await readLinked(clone, `HEAD~${back}`)) slices.push(record.sessions[0]!.transcript!)
    }
    assert.equal(slices.map(({ from }) => from), [0, ...slices.slice(0, -1).map(({ to }) => to)])
    await clone.git('push', '--quiet')
    // The same place under another home: nothing in it has to be mapped.
    const path = claude.transcript.path
    const original = readFileSync(path, 'utf8')
    await clone.sh(`rm '${path}'`)
    const resumed = await clone.bitloops('resume')
    assert.equal([resumed.code, resumed.stdout], [0, `claude --resume ${claude.session}\n`], resumed.output)
    const lines = linesOf(path)
    let digest: Buffer = Buffer.alloc(32)
    for (const { from, to } of slices) {
      const slice = createHash('sha256').update(lines.slice(from, to).map((line) => `${line}\n`).join('')).digest()
      digest = createHash('sha256').update(digest).update(slice).digest()
    }
    assert.is(digest.toString('hex'), slices.at(-1)!.digest)
    assert.is(lines.length, original.trimEnd().split('\n').length)
    assert.not.match(readFileSync(path, 'utf8'), 'ghp_')
    // Elsewhere the paths are those of the other place.
    const other = await elsewhere(remote, 'two')
    await other.resume()
    const restored = readFileSync(transcriptPath(other.home, other.clone.root, claude.session), 'utf8')
    assert.not.match(restored, `${clone.root}/`)
    assert.is(restored.replaceAll(other.clone.root, clone.root), lines.map((line) => `${line}\n`).join(''))
    remote.remove()
  })

  it('goes on in its next checkpoint, and can be put back again with all of it', async () => {
    const { remote, clone } = await makeShared()
    const claude = await workOn(clone, 'a.txt')
    await clone.git('push', '--quiet')
    const other = await elsewhere(remote, 'two', true)
    await other.resume()
    const there = playClaude({ ...other.clone, home: other.home }, { session: claude.session })
    await there.start('resume')
    await there.prompt('Write b.txt')
    await there.write('b.txt', 'b\n')
    await there.stop('Wrote b.txt.')
    await other.clone.waitForInbox()
    await other.clone.commit('Add b.txt', { 'b.txt': 'b\n' })
    const [{ record, entries }] = [(await readLinked(other.clone))[0]!]
    const [before] = await readLinked(other.clone, 'HEAD~1')
    assert.is(record.sessions[0]!.transcript!.from, before!.record.sessions[0]!.transcript!.to)
    assert.not.match(JSON.stringify(entries), 'Write a.txt')
    await other.clone.git('push', '--quiet')
    await clone.git('pull', '--quiet')
    const back = await clone.bitloops('resume')
    assert.is(back.code, 0, back.output)
    assert.match(back.stderr, 'what was there is kept')
    const text = readFileSync(claude.transcript.path, 'utf8')
    assert.match(text, /Write a\.txt[^]*Write b\.txt/)
    assert.not.match(text, `${other.clone.root}/`)
    remote.remove()
  })
})
