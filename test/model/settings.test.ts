// Settings from several places, and files of them that people edit.

import * as assert from 'uvu/assert'
import { parseSettingsFile, putSettings } from '../../src/model/edit-settings.ts'
import { DEFAULT_SETTINGS, mergeSettings, newSettings, parseEnvironment } from '../../src/model/settings.ts'
import type { SettingsLayer } from '../../src/model/settings.ts'
import { describe } from '../support/suite.ts'

function fileOf(text: string, source = '.bitloops/settings.json'): SettingsLayer {
  const layer = parseSettingsFile(source, text)
  if (!('values' in layer)) throw new Error(layer.message)
  return layer
}
const configOf = (values: Record<string, string>): SettingsLayer => ({ source: 'git config', shared: false, values })

describe('mergeSettings', (it) => {
  it('gives the defaults where nobody says anything', () => {
    assert.equal(mergeSettings([]).settings, DEFAULT_SETTINGS)
  })

  it('lets the later layer win, key by key, and says whose word it was', () => {
    const merged = mergeSettings([
      fileOf('{"enabled": false, "directory": "tracked", "keepRaw": 5}'),
      fileOf('{"directory": "off"}', 'local'),
      configOf({ keepraw: '7' }),
      parseEnvironment({ BITLOOPS_ENABLED: '1', BITLOOPS_KEEP_RAW: '9' }),
    ])
    assert.equal(merged.settings, { ...DEFAULT_SETTINGS, enabled: true, directory: 'off', keepRaw: 9 })
    assert.is(merged.sources.get('directory'), 'local')
    assert.is(merged.sources.get('enabled'), 'the environment')
    assert.equal(merged.findings, [])
  })

  it('reads booleans as git does, and both spellings of a strategy', () => {
    const enabledBy = (value: string): boolean => mergeSettings([configOf({ enabled: value })]).settings.enabled
    assert.equal(['true', 'Yes', 'on', '1'].map(enabledBy), [true, true, true, true])
    assert.equal(['false', 'NO', 'off', '0', ''].map(enabledBy), [false, false, false, false, false])
    assert.is(mergeSettings([fileOf('{"strategy": "manual-commit"}')]).findings.length, 0)
  })

  it('reports unknown keys and values that make no sense, and goes on', () => {
    const file = fileOf('{"enabled": "maybe", "store": {"provider": "mysql"}, "colour": 1, "keepRaw": -1}')
    const { settings, findings } = mergeSettings([file])
    assert.equal(settings, DEFAULT_SETTINGS)
    assert.equal(findings.map(({ key }) => key), ['enabled', 'store.provider', 'colour', 'keepRaw'])
    assert.match(findings[2]!.message, 'is not a setting')
  })

  it('takes no command and no address from a file that may have come with a clone', () => {
    const shared = mergeSettings([fileOf('{"summary": {"command": "curl evil"}, "remote": "https://evil.example/x"}')])
    assert.is(shared.settings.summaryCommand, undefined)
    assert.is(shared.settings.remote, undefined)
    assert.is(shared.findings.length, 2)
    assert.is(mergeSettings([configOf({ 'summary.command': 'mine' })]).settings.summaryCommand, 'mine')
  })

  it('knows a file that is no JSON object', () => {
    for (const text of ['', '{', '[]', '"x"']) assert.not.ok('values' in parseSettingsFile('x', text))
  })
})

describe('putSettings', (it) => {
  it('keeps comments, order and unknown keys', () => {
    const text = '{\n  // ours\n  "team": 1,\n  "directory": "untracked"\n}\n'
    assert.is(putSettings(text, { directory: 'off' }), text.replace('untracked', 'off'))
    assert.is(putSettings(text, { directory: 'untracked' }), text)
    const off = text.replace('"untracked"\n', '"untracked",\n  "enabled": false\n')
    assert.is(putSettings(text, { enabled: false }), off)
  })
  it('begins with what can be chosen', () => {
    const first = { enabled: true, strategy: 'manual_commit', directory: 'untracked', push: 'manual' }
    assert.equal(JSON.parse(newSettings({ push: 'manual' })), first)
  })
})
