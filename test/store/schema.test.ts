// Live stores of every released version open, keep their rows, and get the tables of today.

import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import * as assert from 'uvu/assert'
import { BitloopsError } from '../../src/errors.ts'
import { findLiveStore, liveStorePath, openLiveStore } from '../../src/store/live.ts'
import type { LiveStore } from '../../src/store/live.ts'
import { SCHEMA_VERSION } from '../../src/store/schema.ts'
import { rowsOf } from '../support/recorder.ts'
import { PROJECT } from '../support/sandbox.ts'
import { describe, rejects } from '../support/suite.ts'

const SCHEMAS = join(PROJECT, 'fixtures/schema')

async function inFolder(work: (home: string) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'bitloops-schema-'))
  try {
    await work(home)
  } finally {
    rmSync(home, { recursive: true })
  }
}

function makeOld(home: string, sql: string): void {
  const old = new Sqlite(liveStorePath(home))
  old.exec(sql)
  old.close()
}

/** Tables, indexes and triggers, with white space and comments as they may be. */
const schemaOf = (store: LiveStore): unknown => rowsOf(store,
  `SELECT type, name, sql FROM sqlite_schema ORDER BY type, name`)
  .map(([type, name, sql]) => [type, name,
    typeof sql === 'string' ? sql.replace(/--.*$/gm, '').replace(/\s+/g, ' ') : sql])

describe('the live store', (it) => {
  for (const file of readdirSync(SCHEMAS)) {
    it(`opens one of ${file}, keeps its rows, and brings it up to date`, () => inFolder(async (home) => {
      makeOld(home, readFileSync(join(SCHEMAS, file), 'utf8'))
      const store = await openLiveStore(home)
      assert.equal(rowsOf(store, 'PRAGMA user_version'), [[SCHEMA_VERSION]])
      assert.equal(rowsOf(store, 'SELECT session_id, open_turn FROM sessions'),
        [['11111111-1111-4111-8111-111111111111', 't2']])
      assert.equal(rowsOf(store, 'SELECT event_id, checkpoint IS NULL FROM events ORDER BY id'),
        [['prompt:t1', 0], ['change:c1:0', 1]])
      assert.equal(rowsOf(store, 'SELECT path, settled FROM edits'), [['a.ts', null]])
      assert.equal(rowsOf(store, 'PRAGMA integrity_check'), [['ok']])
      assert.equal(rowsOf(store, 'PRAGMA foreign_key_check'), [])
      await inFolder(async (fresh) => {
        const today = await openLiveStore(fresh)
        assert.equal(schemaOf(store), schemaOf(today))
        today.close()
      })
      store.close()
    }))
  }

  it('has a dump of every version', () => {
    assert.equal(readdirSync(SCHEMAS).sort(), Array.from({ length: SCHEMA_VERSION }, (_, index) => `v${index + 1}.sql`))
  })

  it('refuses one of a newer version, and changes nothing', () => inFolder(async (home) => {
    makeOld(home, `PRAGMA user_version = ${SCHEMA_VERSION + 1}; CREATE TABLE tomorrow (x)`)
    const error = await rejects(openLiveStore(home))
    assert.ok(error instanceof BitloopsError)
    assert.is(error.code, 'newer-format')
    const kept = new Sqlite(liveStorePath(home))
    assert.equal(kept.prepare('SELECT name FROM sqlite_schema').pluck().all(), ['tomorrow'])
    kept.close()
  }))

  it('says that a file which is no database cannot be used', () => inFolder(async (home) => {
    makeOld(home, 'CREATE TABLE x (y)')
    writeFileSync(liveStorePath(home), 'this is no database, and never was one, however long you look at it')
    const error = await rejects(openLiveStore(home))
    assert.ok(error instanceof BitloopsError)
    assert.is(error.code, 'store-unusable')
  }))

  it('is made once by many that open it at the same time, and is nobody else\'s to read',
    () => inFolder(async (home) => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => openLiveStore(home)))
    assert.equal(rowsOf(stores[4]!, 'PRAGMA user_version'), [[SCHEMA_VERSION]])
    assert.is(statSync(liveStorePath(home)).mode & 0o077, 0)
    for (const store of stores) store.close()
  }))

  it('is not made by looking for it', () => inFolder(async (home) => {
    assert.is(await findLiveStore(home), undefined)
    assert.equal(readdirSync(home), [])
  }))
})
