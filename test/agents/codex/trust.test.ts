// The trust that the real Codex recorded, read back.

import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { readTrust, trustHash, trustsFolder } from '../../../src/agents/codex/trust.ts'
import type { HookTrust } from '../../../src/agents/codex/trust.ts'
import { describe } from '../../support/suite.ts'

const read = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/agents/codex/config/trusted/${name}`, import.meta.url), 'utf8')

const FILE = '/home/dev/project/.codex/hooks.json'
const config = read('config.toml')
const hooks = read('hooks.json')
const every = (_command: string): boolean => true
const ours = (command: string): boolean => command.includes('/bitloops/agent-hook"')

const trustsOf = (toml: string | undefined, text = hooks, isOurs = every): readonly HookTrust[] =>
  readTrust(toml, FILE, text, isOurs).map(({ trust }) => trust)

describe('readTrust', (it) => {
  it('takes for trusted what the user trusted in Codex', () => {
    assert.equal(new Set(trustsOf(config)), new Set(['trusted']))
    assert.is(trustsOf(config).length, 12)
  })

  it('tells of our hooks alone, wherever they stand', () => {
    assert.equal(readTrust(config, FILE, hooks, ours).map(({ event }) => event), ['SessionStart', 'UserPromptSubmit',
      'PostToolUse', 'PreCompact', 'SubagentStart', 'SubagentStop', 'Stop', 'Interrupt', 'SessionEnd'])
  })

  it('takes for untrusted what is not recorded: no config, another file, another place in it', () => {
    assert.equal(new Set(trustsOf(undefined)), new Set(['untrusted']))
    assert.equal(new Set(trustsOf('model = "x"\n')), new Set(['untrusted']))
    const elsewhere = readTrust(config, '/home/dev/other/.codex/hooks.json', hooks, every)
    assert.equal(new Set(elsewhere.map(({ trust }) => trust)), new Set(['untrusted']))
    const stopTwice = JSON.stringify({ hooks: { Stop: [{ hooks: [] }, { hooks: [{ command: 'true' }] }] } })
    assert.equal(trustsOf(config, stopTwice), ['untrusted'])
  })

  it('takes for modified what has another command, timeout, matcher or message', () => {
    const modified = (from: string, to: string): number =>
      trustsOf(config, hooks.replace(from, to)).filter((trust) => trust === 'modified').length
    assert.is(modified('codex ) 2>/dev/null', 'codex stop ) 2>/dev/null'), 1)
    assert.is(modified('"timeout": 10', '"timeout": 11'), 1)
    assert.is(modified('Bash|apply_patch', 'Bash'), 2)
    assert.is(modified('Linting', 'Checking'), 1)
    assert.is(modified('"timeout": 3', '"timeout": 30'), 0, 'Codex cuts it to 3')
  })

  it('sees a hook that was switched off', () => {
    const off = config.replace(':stop:0:0"]\n', ':stop:0:0"]\nenabled = false # not now\n')
    const judged = readTrust(off, FILE, hooks, every).find(({ event }) => event === 'Stop')
    assert.is(judged?.trust, 'disabled')
  })

  it('reads other ways to write the same', () => {
    const text = JSON.stringify({ hooks: { Stop: [{ hooks: [{ command: 'true' }] }] } })
    const hash = trustHash('Stop', 'true')
    for (const toml of [
      `[hooks.state.'${FILE}:stop:0:0']\ntrusted_hash='${hash}'`,
      `[ hooks . "state" . "${FILE}:stop:0:0" ] # mine\r\ntrusted_hash = "${hash}"\r\n`,
      `[hooks.state]\n"${FILE}:stop:0:0" = { enabled = true, trusted_hash = "${hash}" }\n`,
    ]) assert.equal(trustsOf(toml, text), ['trusted'], toml)
    assert.equal(trustsOf(`[[hooks.state]]\n"${FILE}:stop:0:0" = { trusted_hash = "${hash}" }`, text), ['untrusted'])
  })

  it('takes no harm from what is no hook file', () => {
    for (const text of ['', '[]', '{"hooks":[1]}', '{"hooks":{"Stop":{"hooks":3}}}',
      '{"hooks":{"Stop":[null,{"hooks":[4]}]}}']) {
      assert.equal(trustsOf(config, text, ours), [], text)
    }
  })
})

/** What the client's `hooks/list` said. */
describe('trustHash', (it) => {
  it('gives the hashes of Codex', () => {
    const hashes = [
      ['Stop', 'true', undefined, '2ba34c7a02841fada06b868a093d041fd3d9de81883c789a321916b0aa118851'],
      ['Stop', 'true', 0, 'b25508d2c190c60ce60f933b540274aadef543edd8e326efe697b0db5f893408'],
      ['SessionEnd', 'true', undefined, '3a77f6214a1fc904ec3c34db73f74db5d254ba7cfe462739bd9d37a130a2839f'],
      ['Interrupt', 'true', undefined, 'fb1ffe26e8dbd2e7fb8855d602d1545f7e1b53854ebfb71aead8f18db9e7607a'],
    ] as const
    for (const [event, command, timeout, hash] of hashes) {
      assert.is(trustHash(event, command, timeout), `sha256:${hash}`, `${event} ${timeout}`)
    }
    assert.is(trustHash('Stop', 'true', undefined, '*'), trustHash('Stop', 'true'))
  })
})

describe('trustsFolder', (it) => {
  it('reads whether the user trusts a folder', () => {
    assert.is(trustsFolder(config, '/home/dev/project'), true)
    assert.is(trustsFolder(config, '/home/dev'), false)
    assert.is(trustsFolder('[projects."/p"]\ntrust_level = "untrusted"', '/p'), false)
    assert.is(trustsFolder(undefined, '/p'), false)
  })
})
