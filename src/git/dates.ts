// Dates as git reads them.

import type { Millis } from '../model/event.ts'
import { gitText } from './git.ts'
import type { GitPlace } from './git.ts'

/** `2 weeks ago`, `2026-11-20`: as git log's --since takes it, which makes something of any text. */
export async function readDate(place: GitPlace, text: string): Promise<Millis> {
  const said = await gitText(place, ['rev-parse', `--since=${text}`])
  return Number(/^--max-age=(\d+)/.exec(said)?.[1] ?? 0) * 1000
}
