// A terminal for programs that draw on one: tmux, on a socket of its own. Where it is missing, tests say so and skip.

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { PROJECT } from './sandbox.ts'
import type { Environment } from './sandbox.ts'

export interface Terminal {
  /** Presses keys, by their tmux names; a text is typed as it is. */
  press(...keys: readonly string[]): void
  /** What is on the screen, without blanks at the ends of lines. */
  screen(withColours?: boolean): string
  /** Waits until the screen shows this and stays as it is, and gives it back. */
  shows(what: string | RegExp): Promise<string>
  close(): void
}

export const hasTerminal = (): boolean => spawnSync('tmux', ['-V']).status === 0

const COLUMNS = 80
const ROWS = 24
/** A machine may be busy. */
const LIMIT_MS = 30_000

/** Runs a line of sh in a terminal of 80 × 24; its exit code is shown when it ends: `[0]`. */
export function openTerminal(
  line: string, { cwd, env }: { readonly cwd: string; readonly env: Environment },
): Terminal {
  // In the sandbox, so that it goes with that.
  const socket = join(env['HOME'] ?? cwd, 'terminal')
  const tmux = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync('tmux', ['-u', '-S', socket, '-f', '/dev/null', ...args],
      { cwd, env, encoding: 'utf8' })
    if (status !== 0) throw new Error(`tmux ${args[0]!}: ${stderr}`)
    return stdout
  }
  tmux('new-session', '-d', '-x', String(COLUMNS), '-y', String(ROWS), `${line}; echo "[$?]"; sleep 600`)
  const screen = (withColours = false): string =>
    tmux('capture-pane', '-p', ...withColours ? ['-e'] : []).split('\n').map((text) => text.trimEnd()).join('\n').trim()
  return {
    press: (...keys) => { tmux('send-keys', ...keys) },
    screen,
    async shows(what) {
      const limit = Date.now() + LIMIT_MS
      for (;;) {
        const text = screen()
        await sleep(50)
        const isThere = typeof what === 'string' ? text.includes(what) : what.test(text)
        if (isThere && text === screen()) return text
        if (Date.now() > limit) throw new Error(`the screen never showed ${String(what)}:\n${text}`)
      }
    },
    close: () => { spawnSync('tmux', ['-S', socket, 'kill-server'], { env }) },
  }
}

/** Compares with `fixtures/screens/<name>.txt`; with WRITE_SCREENS set, writes it for you to read the diff. */
export function isGoldenScreen(name: string, text: string): void {
  const path = join(PROJECT, 'fixtures', 'screens', `${name}.txt`)
  if (process.env['WRITE_SCREENS'] !== undefined) writeFileSync(path, `${text}\n`)
  assert.is(`${text}\n`, existsSync(path) ? readFileSync(path, 'utf8') : '', name)
}
