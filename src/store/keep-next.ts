// The marker `<home>/keep-next`: from its time on, a session that nobody ended is over and to be kept. Reading commands
// look at nothing else, so that it costs them no database.

import { rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Millis } from '../model/event.ts'

const marker = (home: string): string => join(home, 'keep-next')

export const isKeepingDue = (home: string, now: Millis): boolean =>
  (statSync(marker(home), { throwIfNoEntry: false })?.mtimeMs ?? Infinity) <= now

/** `at`: undefined where no session will have to be kept. */
export function markNextKeeping(home: string, at: Millis | undefined): void {
  if (at === undefined) {
    rmSync(marker(home), { force: true })
    return
  }
  writeFileSync(marker(home), '', { mode: 0o600 })
  utimesSync(marker(home), at / 1000, at / 1000)
}
