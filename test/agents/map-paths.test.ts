// Paths of another machine in lines of JSON.

import * as assert from 'uvu/assert'
import { findOldRoot, homeOf, mapPaths } from '../../src/agents/map-paths.ts'
import { describe } from '../support/suite.ts'

const HERE = [{ from: '/home/ada/app', to: '/Users/bob/src/app' }, { from: '/home/ada', to: '/Users/bob' }]
const mapped = (value: unknown, sealed?: ReadonlySet<string>): unknown =>
  JSON.parse(mapPaths(JSON.stringify(value), HERE, sealed))

describe('mapPaths', (it) => {
  it('maps whole paths, those in text, in URLs, in nested JSON and in keys', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['/home/ada/app', '/Users/bob/src/app'],
      ['/home/ada/app/src/a.ts', '/Users/bob/src/app/src/a.ts'],
      ['cat "/home/ada/app/a.ts" /home/ada/app/b.ts.', 'cat "/Users/bob/src/app/a.ts" /Users/bob/src/app/b.ts.'],
      ['line\n/home/ada/app: ok', 'line\n/Users/bob/src/app: ok'],
      ['file:///home/ada/app/a.ts', 'file:///Users/bob/src/app/a.ts'],
      ['{"cwd":"/home/ada/app","t":"\\n/home/ada/app"}', '{"cwd":"/Users/bob/src/app","t":"\\n/Users/bob/src/app"}'],
      ['--- a/home/ada/app/a\n+++ b/home/ada/app/a', '--- a/Users/bob/src/app/a\n+++ b/Users/bob/src/app/a'],
      ['PATH=/bin:/home/ada/app/bin:/home/ada/bin', 'PATH=/bin:/Users/bob/src/app/bin:/Users/bob/bin'],
      ['It is in /home/ada/app.', 'It is in /Users/bob/src/app.'],
    ]
    for (const [from, to] of cases) {
      assert.is(mapped(from), to)
      assert.equal(mapped({ [from]: [from, { deep: from }] }), { [to]: [to, { deep: to }] })
    }
  })

  it('leaves other folders alone whose names begin or end the same', () => {
    const other = [
      '/home/adam/x', '/mnt/home/ada/app', './home/ada/app', 'x/home/ada/app', '//home/ada/app', '/home/ada-old/x',
      '/home/ada.bak',
    ]
    for (const path of other) assert.is(mapped(path), path)
    assert.is(mapped('/home/ada/app-old/a'), '/Users/bob/app-old/a')
    assert.is(mapped('/home/ada/app.bak'), '/Users/bob/app.bak')
  })

  it('leaves what is signed or encrypted, and every other byte', () => {
    const kept = '{ "thinking":"/home/ada/app", "n":1.0, "big":12345678901234567890, "u":"\\u00e9\\/", "p":"'
    const line = `${kept}/home/ada/app"}`
    assert.is(mapPaths(line, HERE, new Set(['thinking'])), `${kept}/Users/bob/src/app"}`)
    const plain = '{"text":"nothing of it"}'
    assert.is(mapPaths(plain, HERE), plain)
    assert.is(mapPaths('no JSON: /home/ada/app "', HERE), 'no JSON: /home/ada/app "')
  })

  it('maps from Windows, and copes with strings of many megabytes', () => {
    const line = JSON.stringify({ path: 'C:\\src\\app\\a.ts' })
    assert.is(mapPaths(line, [{ from: 'C:\\src\\app', to: '/home/ada/app' }]), '{"path":"/home/ada/app\\\\a.ts"}')
    const long = JSON.stringify({ text: 'x\n'.repeat(4_000_000), cwd: '/home/ada/app' })
    assert.ok(mapPaths(long, HERE).endsWith('"/Users/bob/src/app"}'))
  })
})

describe('findOldRoot', (it) => {
  const lines = ['{"file_path":"/home/ada/app/packages/core/a.ts"}']

  it('goes up to where the known paths lie', () => {
    assert.equal(findOldRoot('/home/ada/app/packages/core', lines, ['packages/core/a.ts']),
      { root: '/home/ada/app', known: 1 })
  })
  it('stays where nothing is known', () => {
    assert.equal(findOldRoot('/home/ada/app', lines, ['other.ts']), { root: '/home/ada/app', known: 0 })
    assert.equal(findOldRoot('/home/ada/app', [], []), { root: '/home/ada/app', known: 0 })
  })
})

describe('homeOf', (it) => {
  it('knows the usual places', () => {
    assert.equal(['/home/ada/app', '/Users/ada', 'C:\\Users\\ada\\app', '/srv/app', '/homes/ada'].map(homeOf),
      ['/home/ada', '/Users/ada', 'C:\\Users\\ada', undefined, undefined])
    assert.is(homeOf('/root'), '/root')
  })
})
