// What git push says, as it was recorded, and what it means for each ref.

import * as assert from 'uvu/assert'
import { connectionFailure, parsePushReport, withoutSecrets } from '../../src/model/push-report.ts'
import { describe } from '../support/suite.ts'

const REF = 'refs/bitloops/checkpoints'
const line = (flag: string, summary: string, ref = REF): string => `${flag}\t${ref}:${ref}\t${summary}\n`
const kindOf = (stdout: string, stderr = ''): string | undefined =>
  parsePushReport(`To origin\n${stdout}Done\n`, stderr).get(REF)?.kind

describe('parsePushReport', (it) => {
  const KINDS: readonly (readonly [string, string, string])[] = [
    ['*', '[new reference]', 'landed'],
    [' ', '1234567..89abcde', 'landed'],
    ['+', '1234567...89abcde (forced update)', 'landed'],
    ['=', '[up to date]', 'landed'],
    ['!', '[rejected] (fetch first)', 'behind'],
    ['!', '[rejected] (non-fast-forward)', 'behind'],
    ['!', '[rejected] (stale info)', 'behind'],
    ['!', '[remote rejected] (failed to update ref)', 'busy'],
    ['!', '[remote rejected] (cannot lock ref)', 'busy'],
    ['!', '[remote rejected] (incorrect old value provided)', 'busy'],
    ['!', '[remote rejected] (reference already exists)', 'busy'],
    ['!', '[remote rejected] (deny updating a hidden ref)', 'refused'],
    ['!', '[remote rejected] (hook declined)', 'refused'],
    ['!', '[remote rejected] (pre-receive hook declined)', 'refused'],
    ['!', '[remote rejected] (push declined due to repository rule violations)', 'refused'],
    ['!', '[remote rejected] (shallow update not allowed)', 'refused'],
  ]
  for (const [flag, summary, kind] of KINDS) {
    it(`takes \`${flag} ${summary}\` for ${kind}`, () => { assert.is(kindOf(line(flag, summary)), kind) })
  }

  it('gives the remote\'s own words for a refusal', () => {
    const said = 'remote: \nremote: ----\n' +
      'remote: error: GH013: Repository rule violations found for refs/x.        \nremote: more\n'
    assert.equal(parsePushReport(line('!', '[remote rejected] (push declined)'), said).get(REF),
      { kind: 'refused', reason: 'push declined: GH013: Repository rule violations found for refs/x.' })
  })

  it('reads each ref apart, and of several push addresses the worst', () => {
    const notes = 'refs/notes/bitloops'
    const report = parsePushReport([
      line('*', '[new reference]'), line('!', '[rejected] (fetch first)', notes),
      line('!', '[remote rejected] (hook declined)'), line('=', '[up to date]', notes),
    ].join(''), '')
    assert.equal([...report].map(([ref, { kind }]) => [ref, kind]), [[REF, 'refused'], [notes, 'behind']])
  })

  it('knows nothing where there was no conversation', () => {
    assert.is(parsePushReport('', 'fatal: unable to access\n').size, 0)
  })
})

describe('connectionFailure', (it) => {
  it('gives the sentence that says why, without a password', () => {
    const said = 'fatal: unable to access \'https://ada:pw@h.example/x.git/\': Could not resolve host'
    assert.is(connectionFailure(`Warning: x\n${said}\nmore\n`),
      'unable to access \'https://h.example/x.git/\': Could not resolve host')
    assert.is(connectionFailure('ssh: connect to host h port 22: Connection refused\n'),
      'ssh: connect to host h port 22: Connection refused')
    assert.is(connectionFailure(''), 'git gave no reason')
  })
  it('leaves addresses without one as they are', () => {
    assert.is(withoutSecrets('git@h.example:x/y.git'), 'git@h.example:x/y.git')
    assert.is(withoutSecrets('https://token@h.example/x'), 'https://h.example/x')
    assert.is(withoutSecrets('/srv/a@b.git'), '/srv/a@b.git')
  })
})
