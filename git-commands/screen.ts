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

/** Where keys can be pressed, and the screen may be drawn anew; screen readers want neither. */
export const mayDraw = (io: Io): boolean => io.isTerminal && process.stdin.isTTY === true && io.env['TERM'] !== 'dumb'
  && ['', '0', 'false'].includes(io.env['ACCESSIBLE'] ?? '')

export const columnsOf = (io: Io): number =>
  Number(io.env['COLUMNS']) || (io.isTerminal ? process.stdout.columns : 0) || PLAIN_WIDTH

export const widthOfScreen = (io: Io): number => Math.max(40, Math.min(columnsOf(io), MAX_WIDTH))

/** Where a result goes: to the pager, as Git starts it, or straight out. */
export interface Screen {
  /** False when the reader has left. */
  write(text: string): Promise<boolean>
  close(): Promise<void>
}

export async function openScreen(io: Io): Promise<Screen> {
  const pager = io.isTerminal ? await findPager(io) : undefined
  if (pager !== undefined) return await openPager(io, pager)
  return {
    async write(text) {
      io.out(text)
      return process.stdout.errored === null
    },
    async close() {},
  }
}

export async function show(io: Io, text: string): Promise<void> {
  const screen = await openScreen(io)
  await screen.write(text)
  await screen.close()
}

async function findPager(io: Io): Promise<string | undefined> {
  // Git has started one already.
  if (io.env['GIT_PAGER_IN_USE'] === 'true') return undefined
  const { findPager: ask } = await import('../src/git/terminal.ts')
  const pager = await ask(io)
  return pager === 'cat' ? undefined : pager
}

/** What the shell says of a program that is not there. */
const NOT_FOUND = 127

async function openPager(io: Io, pager: string): Promise<Screen> {
  const { spawn } = await import('node:child_process')
  // As git sets them: leave when all fits the screen, keep colours, leave the text behind.
  const env = { LESS: 'FRX', LV: '-c', ...io.env, GIT_PAGER_IN_USE: 'true' }
  const child = spawn(pager, { shell: true, cwd: io.cwd, env, stdio: ['pipe', 'inherit', 'inherit'] })
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve)
    child.on('error', () => { resolve(NOT_FOUND) })
  })
  const written: string[] = []
  let isGone = false
  // Ctrl-C is the pager's.
  const leave = (): void => {}
  process.on('SIGINT', leave)
  void ended.then(() => {
    isGone = true
    process.off('SIGINT', leave)
  })
  child.stdin.on('error', () => { isGone = true })
  return {
    async write(text) {
      written.push(text)
      if (!isGone && !child.stdin.write(text)) {
        await Promise.race([ended, new Promise((resolve) => { child.stdin.once('drain', resolve) })])
      }
      return !isGone
    },
    async close() {
      child.stdin.end()
      if (await ended === NOT_FOUND) io.out(written.join(''))
    },
  }
}
