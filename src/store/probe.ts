// Tries installed hooks for real: they run as Git or an agent runs them, but deliver into a folder of their own below
// the inbox, from where nothing is ever recorded. Afterwards nothing of it is left.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../git/repository.ts'
import type { Millis } from '../model/event.ts'

export interface ProbeCall {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Environment
  readonly input?: string
}

export interface ProbeAnswer {
  /** The exit code; -1 when it could not be started or took too long. */
  readonly code: number
  /** What arrived, by file name. */
  readonly arrived: ReadonlyMap<string, Buffer>
}

export interface Probe {
  /** Runs a hook to its end and gives back what arrived meanwhile. */
  run(call: ProbeCall): Promise<ProbeAnswer>
  close(): void
}

const LIMIT_MS = 5000
const OLD_MS = 10 * 60_000
const NAME = /^probe-[0-9a-f]{12}$/

/** Throws where the inbox cannot be written. Only one call of `run` at a time. */
export function openProbe(home: string): Probe {
  const name = `probe-${randomBytes(6).toString('hex')}`
  const folder = join(home, 'inbox', name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return {
    async run(call) {
      const code = await runQuietly({ ...call, env: { ...call.env, BITLOOPS_PROBE: name } })
      const arrived = new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))]))
      for (const file of arrived.keys()) rmSync(join(folder, file))
      return { code, arrived }
    },
    close: () => { rmSync(folder, { recursive: true, force: true }) },
  }
}

/** Takes out what a probe that was killed has left; a young one may be at work in another process. */
export function removeOldProbes(home: string, now: Millis): void {
  try {
    for (const name of readdirSync(join(home, 'inbox')).filter((each) => NAME.test(each))) {
      const path = join(home, 'inbox', name)
      if (now - statSync(path).mtimeMs > OLD_MS) rmSync(path, { recursive: true, force: true })
    }
  } catch {
    // A folder that cannot be read or written is told by the probe itself.
  }
}

function runQuietly({ program, args, cwd, env, input }: ProbeCall): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'ignore', 'ignore'] })
    const limit = setTimeout(() => { child.kill('SIGKILL') }, LIMIT_MS)
    const end = (code: number | null): void => {
      clearTimeout(limit)
      resolve(code ?? -1)
    }
    child.on('error', () => { end(-1) })
    child.on('exit', end)
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
  })
}
