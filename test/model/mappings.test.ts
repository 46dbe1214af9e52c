// Which fetch and push settings endanger notes and checkpoints. What Git does with each was measured.

import * as assert from 'uvu/assert'
import { findDangers } from '../../src/model/mappings.ts'
import type { ConfigEntry } from '../../src/model/mappings.ts'
import { describe } from '../support/suite.ts'

const urls: readonly ConfigEntry[] = [{ key: 'remote.origin.url', value: '' }, { key: 'remote.a.b.url', value: '' }]
const dangerOf = (key: string, value: string, ...more: readonly ConfigEntry[]): string | undefined =>
  findDangers([...urls, { key, value }, ...more])[0]?.danger

describe('findDangers', (it) => {
  it('lets everyday settings be', () => {
    for (const value of [
      '+refs/heads/*:refs/remotes/origin/*', '+refs/notes/*:refs/remotes/origin/notes/*', '^refs/notes/*',
      '+refs/notes/commits:refs/notes/commits', '+refs/notes/bitloops*:refs/bitloops/remotes/origin/notes*',
    ]) assert.is(dangerOf('remote.origin.fetch', value), undefined, value)
    assert.is(dangerOf('remote.origin.push', 'refs/heads/main'), undefined)
  })

  it('names a fetch that replaces what was not pushed', () => {
    for (const value of ['+refs/notes/*:refs/notes/*', '+refs/*:refs/*', '+refs/bitloops/*:refs/bitloops/*']) {
      assert.match(dangerOf('remote.origin.fetch', value)!, /replaces yours/, value)
    }
    assert.match(dangerOf('remote.origin.fetch', 'refs/notes/*:refs/notes/*')!, /fails as soon as both sides/)
  })

  it('names a fetch that fails while the remote has no such ref', () => {
    const value = '+refs/notes/bitloops:refs/notes/bitloops'
    assert.match(dangerOf('remote.a.b.fetch', value)!, /fails while a\.b has no such ref/)
  })

  it('names a mapping that was left behind when its remote was renamed', () => {
    const value = '+refs/notes/bitloops*:refs/bitloops/remotes/upstream/notes*'
    assert.match(dangerOf('remote.origin.fetch', value)!, /upstream, a remote that is no more/)
  })

  it('names a push setting that leaves the branch out, unless another one sends it', () => {
    assert.match(dangerOf('remote.origin.push', 'refs/notes/*')!, /sends only this/)
    const branch = { key: 'remote.origin.push', value: 'refs/heads/*' }
    assert.is(dangerOf('remote.origin.push', 'refs/notes/*', branch), undefined)
  })
})
