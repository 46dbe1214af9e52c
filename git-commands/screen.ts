// What output looks like where a person reads it: colour, width, and Git's pager for what is longer than the screen.

import { COLOURED, PLAIN } from '../src/model/style.ts'
import type { Style } from '../src/model/style.ts'
import type { Io } from './io.ts'

/** The width of formatted text; lines longer than this are hard to read. */
const MAX_WIDTH = 100
const PLAIN_WIDTH = 80

export async function openStyle(io: Io): Promise<Style> {
  if (!io.isTerminal || (io.env['NO_COLOR'] ?? '') !== '' || io.env['TERM'] === 'dumb') return PLAIN
  const { wantsColour } = await import('../src/git/terminal.ts')
  return await wantsColour(io) ? COLOURED : PLAIN
}

export function widthOfScreen(io: Io): number {
  const columns = Number(io.env['COLUMNS']) || (io.isTerminal ? process.stdout.columns : 0) || PLAIN_WIDTH
  return Math.max(40, Math.min(columns, MAX_WIDTH))
}

/** Prints a result, through the pager when it does not fit the screen. */
export async function show(io: Io, text: string): Promise<void> {
  const pager = io.isTerminal && text.split('\n').length >= (process.stdout.rows ?? Infinity) ? await findPager(io) : undefined
  if (pager === undefined || !await page(io, pager, text)) io.out(text)
}

async function findPager(io: Io): Promise<string | undefined> {
  // Git has started one already.
  if (io.env['GIT_PAGER_IN_USE'] === 'true') return undefined
  const { findPager: ask } = await import('../src/git/terminal.ts')
  const pager = await ask(io)
  return pager === 'cat' ? undefined : pager
}

/** False when the pager could not be started. */
async function page(io: Io, pager: string, text: string): Promise<boolean> {
  const { spawn } = await import('node:child_process')
  // The defaults of git's own pagers: quit when it fits, keep colours, leave the text on the screen.
  const env = { LESS: 'FRX', LV: '-c', ...io.env, GIT_PAGER_IN_USE: 'true' }
  return await new Promise((resolve) => {
    const child = spawn(pager, { shell: true, cwd: io.cwd, env, stdio: ['pipe', 'inherit', 'inherit'] })
    child.on('error', () => { resolve(false) })
    child.on('close', (code) => { resolve(code !== 127) })
    // Whoever quits the pager has read enough.
    child.stdin.on('error', () => {})
    child.stdin.end(text)
  })
}
