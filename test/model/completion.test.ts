// Completion scripts; that of bash is run below Git's own.

import { existsSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { COMMANDS } from '../../git-commands/cli.ts'
import { SHELLS, formatCompletion } from '../../src/model/completion.ts'
import type { CommandSpec } from '../../src/model/command.ts'
import { makeSandbox, quote } from '../support/sandbox.ts'
import { describe } from '../support/suite.ts'

const commands: readonly CommandSpec[] = COMMANDS
const typed = commands.filter(({ plumbing }) => plumbing !== true)
const GIT_COMPLETION = '/usr/share/bash-completion/completions/git'

/** What bash offers at the end of a command line. */
async function complete(line: string): Promise<readonly string[]> {
  const sandbox = makeSandbox()
  const words = line.split(' ')
  const script = [
    `source ${GIT_COMPLETION}`,
    formatCompletion('bash', COMMANDS),
    `COMP_WORDS=(${words.map(quote).join(' ')}); COMP_CWORD=${words.length - 1}`,
    `COMP_LINE=${quote(line)}; COMP_POINT=${line.length}`,
    '__git_wrap__git_main; printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n')
  const { code, stdout, stderr } = await sandbox.run('bash', ['-c', script])
  sandbox.remove()
  assert.equal([code, stderr], [0, ''])
  return stdout.split('\n').map((word) => word.trim()).filter(Boolean)
}

describe('formatCompletion', (it) => {
  it('knows every command and option that people type, in every shell', () => {
    for (const shell of SHELLS) {
      const script = formatCompletion(shell, COMMANDS)
      for (const { name, options } of typed) {
        assert.match(script, new RegExp(`\\b${name}\\b`), `${shell}: ${name}`)
        for (const { flag } of options) {
          const long = /--?([a-z-]+)(?: <.*)?$/.exec(flag)![1]!
          const written = shell === 'fish' ? `${long.length === 1 ? '-s' : '-l'} ${long}` : long
          assert.ok(script.includes(written), `${shell}: ${flag}`)
        }
      }
      assert.not.match(script, /\bpromote\b/)
    }
  })

  if (existsSync(GIT_COMPLETION)) {
    it('works below Git\'s own completion in bash', async () => {
      assert.equal(await complete('git bitloops expl'), ['explain'])
      assert.equal(await complete('git bitloops explain --s'), ['--short', '--session='])
      assert.equal(await complete('git bitloops init --push='), ['auto', 'manual'])
      assert.equal(await complete('git bitloops completion '), ['bash', 'zsh', 'fish'])
    })
  } else {
    it.skip('works below Git\'s own completion in bash', () => {})
    console.log(`skip: ${GIT_COMPLETION} is not there`)
  }
})
