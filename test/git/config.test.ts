// Settings of a repository, from all the places they may stand in.

import * as assert from 'uvu/assert'
import { readSettings } from '../../src/git/config.ts'
import { openRepository } from '../../src/git/repository.ts'
import { makeFresh } from '../support/install.ts'
import { describe } from '../support/suite.ts'

describe('readSettings', (it) => {
  it('reads files, git config and the environment, and a linked worktree those of the main one', async () => {
    const { repository } = await makeFresh()
    await repository.commit('Begin')
    repository.write('.bitloops/settings.json', '{ "directory": "off", "nonsense": 1, "keepRaw": 1 }')
    repository.write('.bitloops/settings.local.json', '{ torn')
    await repository.git('config', 'bitloops.keepRaw', '3')
    await repository.git('config', 'bitloops.summary.command', 'two\nlines')
    const linked = await repository.worktree('linked')
    const read = await readSettings(await openRepository(linked.root, { ...linked.env, BITLOOPS_PUSH: 'manual' }))
    assert.equal([read.settings.directory, read.settings.keepRaw, read.settings.push], ['off', 3, 'manual'])
    assert.is(read.settings.summaryCommand, 'two\nlines')
    const sources = read.findings.map(({ source }) => source)
    assert.equal(sources, ['.bitloops/settings.local.json', '.bitloops/settings.json'])
    repository.remove()
  })
})
