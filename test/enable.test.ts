// Switching capture off and on, and who has the last word.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { disable, enable } from '../src/enable.ts'
import { readSettings } from '../src/git/config.ts'
import { openRepository } from '../src/git/repository.ts'
import { codeOf, makeFresh, setUp } from './support/install.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

describe('enable and disable', (it) => {
  const open = (repository: TestRepository, env = {}) => openRepository(repository.root, { ...repository.env, ...env })

  it('switch the marker and the local settings, and back', async () => {
    const { repository, program } = await makeFresh()
    await setUp(repository, program)
    const before = repository.read('.bitloops/settings.json')
    const off = await disable(await open(repository), 'local', 0)
    assert.equal(off, { changed: true, enabled: false, settingsFile: '.bitloops/settings.local.json' })
    assert.ok(existsSync(join(repository.bitloopsHome, 'disabled')))
    assert.not.ok((await readSettings(await open(repository))).settings.enabled)
    assert.not.ok((await disable(await open(repository), 'local', 0)).changed)
    assert.match((await setUp(repository, program)).findings.join('\n'), 'capture is switched off')
    assert.ok((await enable(await open(repository), 'local', 0)).enabled)
    assert.not.ok(existsSync(join(repository.bitloopsHome, 'disabled')))
    assert.not.ok((await enable(await open(repository), 'local', 0)).changed)
    assert.is(repository.read('.bitloops/settings.json'), before)
    repository.remove()
  })

  it('write the shared settings with --project, and say who overrules them', async () => {
    const { repository, program } = await makeFresh()
    await setUp(repository, program)
    await disable(await open(repository), 'project', 0)
    assert.match(repository.read('.bitloops/settings.json'), '"enabled": false')
    const overruled = await enable(await open(repository, { BITLOOPS_ENABLED: 'false' }), 'project', 0)
    assert.equal([overruled.enabled, overruled.overruledBy], [false, 'the environment'])
    repository.remove()
  })

  it('refuse where git-bitloops is not set up', async () => {
    const { repository } = await makeFresh()
    assert.is(await codeOf(disable(await open(repository), 'local', 0)), 'not-initialised')
    assert.not.ok(existsSync(repository.bitloopsHome))
    repository.remove()
  })

  it('are obeyed by settings that came with a clone, without a start of Node', async () => {
    const { repository, program } = await makeFresh()
    repository.write('.bitloops/settings.json', '{ "enabled": false }')
    await setUp(repository, program)
    assert.ok(existsSync(join(repository.bitloopsHome, 'disabled')))
    repository.remove()
  })
})
