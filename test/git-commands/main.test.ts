// The program as a whole: help, usage, exit codes, the manual.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { COMMANDS } from '../../git-commands/cli.ts'
import { makeRepository } from '../support/repository.ts'
import { PROGRAM, PROJECT, makeSandbox, quote } from '../support/sandbox.ts'
import { describe } from '../support/suite.ts'

describe('git bitloops', (it) => {
  const sandbox = makeSandbox()
  const bitloops = (...args: readonly string[]) => sandbox.run('git', ['bitloops', ...args])

  it('prints help on stdout when asked, on stderr with 129 when nothing was asked', async () => {
    for (const args of [['-h'], ['help']]) {
      const { code, stdout, stderr } = await bitloops(...args)
      assert.equal([code, stderr], [0, ''])
      for (const { name, summary } of COMMANDS) assert.ok(stdout.includes(`   ${name.padEnd(12)} ${summary}\n`))
    }
    const { code, stdout, stderr } = await bitloops()
    assert.equal([code, stdout], [129, ''])
    assert.match(stderr, /^usage: git bitloops/)
    assert.equal(stderr.split('\n').filter((line) => line.length > 80), [])
  })

  it('tells of every command what it does and takes, outside of repositories too', async () => {
    for (const { name, options } of COMMANDS) {
      for (const flag of ['-h', '--help']) {
        const { code, stdout, stderr } = await sandbox.run('git-bitloops', [name, flag])
        assert.equal([name, code, stderr], [name, 0, ''])
        assert.ok(stdout.startsWith(`usage: git bitloops ${name}`))
        for (const option of options) assert.ok(stdout.includes(`\n    ${option.flag}`), option.flag)
        assert.ok(stdout.split('\n').every((line) => line.length <= 80), stdout)
      }
    }
  })

  it('refuses unknown commands, options and words with 129 and the usage on stderr', async () => {
    const unknown = await bitloops('sta\u001b[31mtus')
    assert.equal([unknown.code, unknown.stdout], [129, ''])
    assert.is(unknown.stderr, 'git bitloops: \'status\' is not a bitloops command. See \'git bitloops -h\'.\n')
    for (const [args, message] of [
      [['status', '--bogus'], 'unknown option `--bogus`'],
      [['status', 'more'], 'too many arguments: \'more\''],
      [['explain', '--session'], 'option `--session <id>` value is missing'],
      [['init', '--push', 'never'], 'option \'--push\' takes auto, manual, not \'never\''],
      [['explain', '--short', '--full'], '--short cannot be used with --full or --transcript'],
      [['completion', 'tcsh'], 'there is no completion for \'tcsh\''],
    ] as const) {
      const { code, stdout, stderr } = await bitloops(...args)
      assert.equal([args.join(' '), code, stdout], [args.join(' '), 129, ''])
      assert.ok(stderr.startsWith(`error: ${message}\nusage: git bitloops ${args[0]}`), stderr)
      assert.ok(stderr.split('\n').length < 24, 'the mistake stays in sight')
    }
  })

  it('says what is missing before the first commit, and before init', async () => {
    const repository = await makeRepository()
    const noCommit = 'fatal: there is no commit yet\n'
    const noInit = 'hint: git-bitloops is not set up in this repository; git bitloops init sets it up\n'
    for (const [args, said] of [
      [['explain'], [128, noCommit]], [['log'], [128, noCommit]],
      [['export', '--format', 'agent-trace'], [128, noCommit]],
      [['resume'], [1, `no session is known on main\n${noInit}`]],
      [['rewind'], [1, `nothing is recorded here that could be gone back to\n${noInit}`]],
    ] as const) {
      const { code, output } = await repository.bitloops(...args)
      assert.equal([args[0], code, output], [args[0], ...said])
    }
    repository.remove()
  })

  it('calls no bug what the system refuses, here a file where its folder should be', async () => {
    const repository = await makeRepository()
    repository.write('.git/bitloops', 'in the way\n')
    for (const words of [['status'], ['doctor'], ['explain'], ['log'], ['rewind'], ['push'], ['resume']]) {
      const { code, stderr } = await repository.bitloops(...words)
      assert.equal([words, code], [words, 128])
      assert.match(stderr, /^fatal: [^\n]+\nhint: [^\n]+\n$/)
    }
    assert.is(repository.read('.git/bitloops'), 'in the way\n')
    repository.remove()
  })

  it('has a page that Git shows for --help', async () => {
    const page = quote(join(PROJECT, 'dist', 'man', 'git-bitloops.1'))
    const { stdout, stderr } = await sandbox.run('sh', ['-c', `
      mkdir -p share/man1 && cp ${page} share/man1/ && MANPATH=$PWD/share MANPAGER=cat git bitloops --help`])
    assert.is(stderr, '')
    assert.match(stdout, /NAME\n +git-bitloops - the reasoning behind commits/)
  })

  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { version: string }
    assert.is((await bitloops('--version')).stdout, `git-bitloops version ${version}\n`)
  })

  it('finds itself through a link, and is silent when its reader leaves', async () => {
    const repository = await makeRepository()
    await repository.commit('Begin', { 'a.txt': 'a\n' })
    const link = quote(join(repository.sandbox.folder, 'linked'))
    const made = await repository.sh(`ln -s ${quote(PROGRAM)} ${link} && ${link} --version`)
    assert.is(made.code, 0)
    const left = await repository.sh('git bitloops log | true; git bitloops explain -h | head -n 1 | cat')
    assert.is(left.stderr, '')
    assert.match(left.stdout, /^usage: git bitloops explain [^\n]*\n$/)
    repository.remove()
  })
})

describe('the command table', (it) => {
  it('has a file for every command', () => {
    const missing = COMMANDS.filter(({ name }) => !existsSync(join(PROJECT, 'git-commands', `${name}.ts`)))
    assert.equal(missing, [])
  })
})
