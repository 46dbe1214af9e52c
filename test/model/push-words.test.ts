// Whether the process that runs the pre-push hook really pushes.

import * as assert from 'uvu/assert'
import { isRealPush, subcommandOf } from '../../src/model/push-words.ts'
import { describe } from '../support/suite.ts'

describe('isRealPush', (it) => {
  const CASES: readonly (readonly [string, boolean, string?])[] = [
    ['git push', true],
    ['git push origin main', true],
    ['/usr/lib/git-core/git push -u origin main', true],
    ['git -c push.default=current -C n push origin', true],
    ['git --git-dir push --no-pager push -q', true],
    ['git push --dry-run', false],
    ['git push --dry', false],
    ['git push origin main -n', false],
    ['git push -fn', false],
    ['git push --delete origin x', true],
    ['git push --no-thin origin', true],
    ['git p origin', true, 'push'],
    ['git p origin -n', false, 'push'],
    ['git p', false, 'push --dry-run'],
    ['git p', true, 'push --tags'],
    ['git p', false, '!git push'],
    ['git p', false],
    ['git', false],
    ['git -c', false],
  ]
  for (const [words, real, alias] of CASES) {
    it(`says ${real ? 'yes' : 'no'} to \`${words}\`${alias === undefined ? '' : ` (${alias})`}`, () => {
      assert.is(isRealPush(words.split(' '), alias), real)
    })
  }
  it('finds the name that may be an alias', () => {
    assert.is(subcommandOf(['git', '-c', 'x=y', 'p', 'origin']), 'p')
    assert.is(subcommandOf(['git']), undefined)
  })
})
