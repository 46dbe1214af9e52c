// A folder goes even while a process that nobody waits for still writes into it.

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { describe } from './suite.ts'
import { removeFolder } from './remove-folder.ts'

describe('removing a folder', (it) => {
  it('outlives a process that writes on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'removed-'))
    const child = spawn('sh', ['-c', 'i=0; while [ $i -lt 3000 ]; do : >"$0/$i"; i=$((i+1)); done', folder],
      { stdio: 'ignore', env: { PATH: process.env['PATH'] } })
    const ended = new Promise((resolve) => { child.on('close', resolve) })
    while (readdirSync(folder).length < 5) await new Promise((resolve) => { setTimeout(resolve, 1) })
    removeFolder(folder)
    await ended
    removeFolder(folder)
    assert.not(existsSync(folder))
  })
})
