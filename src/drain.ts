// The drain: one background process for each clone that works while there is something to record, stays a moment for
// more, and goes. Killed at any time it loses nothing: whatever was not recorded is still in the inbox.

import { existsSync, rmSync, utimesSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Millis } from './model/event.ts'
import { hasMail, inboxFolder, listInbox } from './store/inbox.ts'
import { openLock } from './store/live.ts'

export interface DrainPlace {
  /** `<common dir>/bitloops`. */
  readonly home: string
  readonly now: () => Millis
  readonly log: (where: string, message: string) => void
}

/** Hooks see a drain at work by the time of its lease, which lies this far ahead. */
const LEASE_MS = 3000
const RENEW_MS = 1000
/** How long a drain stays for more. */
const LINGER_MS = 3000
/** Where the file system tells nobody of new files, this is how soon they are seen. */
const POLL_MS = 500
const MAX_FAILURES = 3
const RETRY_MS = 1000

/** Works until nothing is left. `work` records what waits; what it throws is logged, and tried again a few times. */
export async function drain(place: DrainPlace, work: () => Promise<void>): Promise<void> {
  const { home } = place
  // First of all: until the lease is there, every hook wants to start a drain.
  renewLease(place)
  rmSync(join(home, 'drain.starting'), { force: true })
  let tired = false
  // What came between the last look and the end of the lease has started nobody else.
  while (!tired && existsSync(home)) {
    const lock = await openLock(join(home, 'drain.lock'))
    if (lock === undefined) return
    renewLease(place)
    const renewing = setInterval(() => { renewLease(place) }, RENEW_MS)
    try {
      tired = !await workUntilIdle(place, work)
    } finally {
      clearInterval(renewing)
      rmSync(join(home, 'drain.lease'), { force: true })
      lock.release()
    }
    if (!hasMail(home)) return
  }
}

/** True when all is done, false when it failed too often: the next hook or command tries again. */
async function workUntilIdle({ home, now, log }: DrainPlace, work: () => Promise<void>): Promise<boolean> {
  let failures = 0
  for (let idleSince = now(); existsSync(home) && now() - idleSince < LINGER_MS;) {
    if (!hasMail(home)) {
      await mailOrTimeout(home)
      continue
    }
    const failure = await tryWork(home, work)
    idleSince = now()
    failures = failure === undefined ? 0 : failures + 1
    if (failure === undefined) continue
    log('drain', failure)
    if (failures >= MAX_FAILURES) return false
    await new Promise((resolve) => { setTimeout(resolve, RETRY_MS) })
  }
  return true
}

/** Why it failed. Work that leaves all as it was would be done for ever. */
async function tryWork(home: string, work: () => Promise<void>): Promise<string | undefined> {
  const [oldest] = listInbox(home)
  try {
    await work()
  } catch (error) {
    return (error as Error).message
  }
  const stuck = listInbox(home).some(({ name }) => name === oldest?.name)
  return stuck ? 'the inbox cannot be emptied' : undefined
}

function mailOrTimeout(home: string): Promise<void> {
  return new Promise((resolve) => {
    let watcher: ReturnType<typeof watch> | undefined
    const timer = setTimeout(done, POLL_MS)
    function done(): void {
      clearTimeout(timer)
      watcher?.close()
      resolve()
    }
    try {
      watcher = watch(inboxFolder(home), done)
      watcher.on('error', done)
    } catch {
      // No watching here: the timer looks.
    }
  })
}

function renewLease({ home, now }: DrainPlace): void {
  const path = join(home, 'drain.lease')
  const until = new Date(now() + LEASE_MS)
  try {
    if (!existsSync(path)) writeFileSync(path, '', { mode: 0o600, flag: 'a' })
    utimesSync(path, until, until)
  } catch {
    // The folder vanished, or is read-only: hooks then start drains that find the lock taken.
  }
}
