// Holds the documentation to the truth: the command table, the scenario table, the pages that link to each other.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { COMMANDS } from '../git-commands/cli.ts'
import type { CommandSpec } from '../src/model/command.ts'
import { PROJECT } from './support/sandbox.ts'
import { describe } from './support/suite.ts'

const readPage = (path: string): string => readFileSync(join(PROJECT, path), 'utf8')
const commands: readonly CommandSpec[] = COMMANDS
const porcelain = commands.filter(({ plumbing }) => plumbing !== true)

describe('README.md', (it) => {
  const readme = readPage('README.md')
  const table = /<!-- commands -->\n([^]*?)<!-- \/commands -->/.exec(readme)?.[1] ?? ''

  it('lists every command with its summary, and no other', () => {
    const rows = [...table.matchAll(/^\| `git bitloops ([a-z]+)` \| (.*) \|$/gm)]
      .map(([, name, summary]) => [name, summary])
    assert.equal(rows, porcelain.map(({ name, summary }) => [name, summary]))
  })

  it('names only targets that the Makefile has', () => {
    const makefile = readPage('Makefile')
    for (const [, target] of readme.matchAll(/\bmake ([a-z]+)\b(?=`|\n)/g)) {
      assert.match(makefile, new RegExp(`^${target}:`, 'm'), `make ${target}`)
    }
  })
})

describe('pages', (it) => {
  for (const page of ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'docs/scenarios.md', 'docs/BENCHMARKS.md']) {
    it(`linked from ${page} exist`, () => {
      const links = [...readPage(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)/g)]
        .map(([, target]) => target!)
      assert.equal(links.filter((target) => !existsSync(join(PROJECT, dirname(page), target))), [])
    })
  }
})

describe('docs/scenarios.md', (it) => {
  const row = /^\| ((?:CAP|PRO|EXP|STA|HOOK|REW|SYNC|RWD|RES|SES|AGT)-\d\d) \| (.*) \|$/gm
  const rows = [...readPage('docs/scenarios.md').matchAll(row)]
  const tests = rows.flatMap(([, id, where]) =>
    [...where!.matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+)\)/g)]
      .map(([, name, file]) => ({ id: id!, name: name!, file: file! })))

  it('has a row for every scenario, in order', () => {
    const counts = { CAP: 22, PRO: 24, EXP: 9, STA: 4, HOOK: 19, REW: 25, SYNC: 23, RWD: 16, RES: 10, SES: 14, AGT: 14 }
    const all = Object.entries(counts).flatMap(([group, count]) =>
      Array.from({ length: count }, (_, at) => `${group}-${String(at + 1).padStart(2, '0')}`))
    assert.equal(rows.map(([, id]) => id), all)
  })

  it('names tests that exist', () => {
    const gone = tests.filter(({ file, name }) => !readPage(file).includes(name))
    assert.equal(gone.map(({ id, name }) => `${id}: ${name}`), [])
  })

  it('says of each row what tests it, or why nothing does', () => {
    const mute = rows.filter(([, id, where]) => !tests.some((test) => test.id === id) && !/^waits: \S/.test(where!))
    assert.equal(mute.map(([, id]) => id), [])
  })
})
