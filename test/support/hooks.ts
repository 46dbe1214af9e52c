// Runs the hooks that are registered for an event, as the Claude Code client does.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'jsonc-parser'
import type { Environment } from './sandbox.ts'

export interface HookCall {
  /** The folder the client was started in: project settings load from there only. */
  readonly projectDir: string
  readonly cwd: string
  readonly env: Environment
  readonly event: string
  /** What matchers are compared with: the tool's name, the source of a session start. */
  readonly matched?: string
  /** A string is delivered as it is: broken payloads are part of life. */
  readonly payload: Readonly<Record<string, unknown>> | string | Uint8Array
}

export interface HookRun {
  readonly command: string
  readonly stdout: string
  readonly ms: number
}

export interface Registration {
  readonly command: string
  readonly timeoutMs: number
}

interface Settings {
  readonly disableAllHooks?: boolean
  readonly hooks?: Readonly<Record<string, readonly {
    readonly matcher?: string
    readonly hooks: readonly { readonly type: string; readonly command: string; readonly timeout?: number }[]
  }[]>>
}

/** Runs all hooks of an event side by side. A hook that fails, or says what is not JSON, fails the test. */
export async function runHooks(call: HookCall): Promise<readonly HookRun[]> {
  const registered = findHooks(call)
  return await Promise.all(registered.map((hook) => runHook(call, hook)))
}

/** The commands registered for the event; the same command is run once, wherever it is registered. */
export function findHooks(call: HookCall): readonly Registration[] {
  const files = [
    join(call.env['HOME'] ?? '', '.claude', 'settings.json'),
    join(call.projectDir, '.claude', 'settings.json'),
    join(call.projectDir, '.claude', 'settings.local.json'),
  ]
  const found = new Map<string, Registration>()
  for (const settings of files.map(readSettings)) {
    for (const group of settings.hooks?.[call.event] ?? []) {
      if (!matches(group.matcher, call.matched)) continue
      for (const { type, command, timeout } of group.hooks) {
        if (type === 'command') found.set(command, { command, timeoutMs: 1000 * (timeout ?? 60) })
      }
    }
  }
  return [...found.values()]
}

function readSettings(file: string): Settings {
  const settings = existsSync(file) ? parse(readFileSync(file, 'utf8')) as Settings : {}
  return settings.disableAllHooks === true ? {} : settings
}

function matches(matcher: string | undefined, name: string | undefined): boolean {
  return matcher === undefined || matcher === '' || matcher === '*' || name === undefined
    || new RegExp(`^(?:${matcher})$`).test(name)
}

/** Runs one hook; what fails or complains is refused. */
export function runHook(call: Omit<HookCall, 'projectDir'>, hook: Registration): Promise<HookRun> {
  return new Promise((resolve, reject) => {
    const began = process.hrtime.bigint()
    const child = spawn('/bin/sh', ['-c', hook.command], {
      // The client gives each hook a session of its own.
      cwd: call.cwd, env: call.env, detached: true, stdio: ['pipe', 'pipe', 'pipe'],
    })
    const limit = setTimeout(() => {
      reject(new Error(`the ${call.event} hook was not done after ${hook.timeoutMs} ms: ${hook.command}`))
      try { process.kill(-child.pid!, 'SIGTERM') } catch { /* it ended by itself just now */ }
    }, hook.timeoutMs)
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (text: Buffer) => { stdout += text.toString('utf8') })
    child.stderr.on('data', (text: Buffer) => { stderr += text.toString('utf8') })
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(limit)
      try {
        assert.equal(code, 0, `the ${call.event} hook ended with ${code}: ${stderr}`)
        assert.equal(stderr, '', `the ${call.event} hook complained`)
        if (stdout !== '') JSON.parse(stdout)
        resolve({ command: hook.command, stdout, ms: Number(process.hrtime.bigint() - began) / 1e6 })
      } catch (error) {
        reject(error as Error)
      }
    })
    child.stdin.on('error', () => { /* it did not want all of it */ })
    child.stdin.end(typeof call.payload === 'string' || call.payload instanceof Uint8Array
      ? call.payload : JSON.stringify(call.payload))
  })
}
