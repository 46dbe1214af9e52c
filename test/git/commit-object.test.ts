// What is read of commit objects, odd ones included.

import * as assert from 'uvu/assert'
import { parseCommit, parseCommitSummary } from '../../src/git/commit-object.ts'
import type { GitObject } from '../../src/git/objects.ts'
import type { Oid } from '../../src/model/ids.ts'
import { describe, rejects } from '../support/suite.ts'

const [ID, TREE, FIRST, SECOND] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(40) as Oid) as [Oid, Oid, Oid, Oid]

const commitOf = (lines: readonly string[], encoding: BufferEncoding = 'utf8'): GitObject =>
  ({ oid: ID, type: 'commit', body: Buffer.from(lines.join('\n'), encoding) })

const merge = commitOf([
  `tree ${TREE}`, `parent ${FIRST}`, `parent ${SECOND}`, 'author Ada <ada@example.com> 1795190400 +0100',
  'committer Grüße GmbH <b@example.com> 1795190460 -0330', 'gpgsig -----BEGIN', ` tree ${FIRST}`, ` parent ${FIRST}`,
  '', 'Merge', 'the rest', '', 'tree of nothing', '',
])

describe('parseCommit', (it) => {
  it('reads the header, and neither a signature nor the message', () => {
    assert.equal(parseCommit(merge), {
      oid: ID, tree: TREE, parents: [FIRST, SECOND], committer: 'Grüße GmbH <b@example.com> 1795190460 -0330',
      authoredAt: 1_795_190_400_000, committedAt: 1_795_190_460_000,
    })
  })

  it('reads times before 1970, without a zone, and after odd names', () => {
    const timeOf = (person: string): number =>
      parseCommit(commitOf([`tree ${TREE}`, `author ${person}`, `committer ${person}`, '', ''])).committedAt
    assert.is(timeOf('A <a@example.com> -60 +0000'), -60_000)
    assert.is(timeOf('A <a@example.com> 60'), 60_000)
    assert.is(timeOf('A <a <b@example.com>> 60 +0000'), 60_000)
    assert.is(timeOf('nobody'), 0)
  })

  it('refuses what is no commit', async () => {
    for (const object of [{ ...merge, type: 'tree' } as const, commitOf(['tree none', '', ''])]) {
      assert.match((await rejects((async () => parseCommit(object))())).message, `${ID} is not a commit`)
    }
  })
})

describe('parseCommitSummary', (it) => {
  it('gives the first paragraph in one line, and what a revert says', () => {
    const { subject, author, reverts } = parseCommitSummary(merge)!
    assert.equal([subject, author, reverts], ['Merge the rest', { name: 'Ada', email: 'ada@example.com' }, undefined])
    const revert = commitOf([`tree ${TREE}`, 'author A <a> 1 +0000', '', 'Revert', '', `This reverts commit ${FIRST}.`])
    assert.is(parseCommitSummary(revert)!.reverts, FIRST)
    assert.is(parseCommitSummary({ ...merge, type: 'blob' }), undefined)
  })

  it('reads names and messages in the encoding of the commit', () => {
    const latin = commitOf([
      `tree ${TREE}`, 'author Jürgen <j> 1 +0000', 'committer Jürgen <j> 1 +0000', 'encoding ISO-8859-1', '', 'Grüße',
    ], 'latin1')
    assert.equal([parseCommitSummary(latin)!.author.name, parseCommitSummary(latin)!.subject], ['Jürgen', 'Grüße'])
    assert.is(parseCommit(latin).committer, 'Jürgen <j> 1 +0000')
  })
})
