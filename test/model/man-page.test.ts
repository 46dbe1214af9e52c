// The manual: complete, and good roff.

import { existsSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { COMMANDS } from '../../git-commands/cli.ts'
import { formatManPage } from '../../src/model/man-page.ts'
import { makeSandbox } from '../support/sandbox.ts'
import { describe } from '../support/suite.ts'

describe('formatManPage', (it) => {
  const page = formatManPage(COMMANDS, '1.2.3')

  it('has every section, command and option', () => {
    const sections = ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'COMMANDS', 'CONFIGURATION', 'FILES', 'REFS', 'EXIT STATUS']
    for (const section of sections) {
      assert.ok(page.includes(`\n.SH ${section}\n`), section)
    }
    for (const { name, options } of COMMANDS) {
      assert.ok(page.includes(`\n.SS "${name}`), name)
      for (const { flag } of options) assert.ok(page.includes(`\n.B ${flag.replaceAll('-', '\\-')}\n`), flag)
    }
  })

  if (existsSync('/usr/bin/groff')) {
    it('is roff that formats without a warning', async () => {
      const sandbox = makeSandbox()
      const { stdout, stderr } = await sandbox.run('groff', ['-man', '-Tutf8', '-ww', '-z'], { input: page })
      sandbox.remove()
      assert.equal([stdout, stderr], ['', ''])
    })
  } else {
    it.skip('is roff that formats without a warning', () => {})
    console.log('skip: groff is not there')
  }
})
