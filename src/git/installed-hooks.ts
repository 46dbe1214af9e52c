// The state of our Git hooks: where Git looks for them, what is there, and how they are run to see whether they answer.

import { lstatSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { hookCommand, hookLine, INSTALLED_HOOKS } from '../model/hook-file.ts'
import type { HookName } from '../model/hook-file.ts'
import { blockOf, interpreterOf, judgeHook, managerOf } from '../model/hook-state.ts'
import type { FoundHook, HookState } from '../model/hook-state.ts'
import { takeBlock } from '../model/marked-block.ts'
import { chooseWay, findHooksPlace, hasConfigHooks } from './hooks.ts'
import type { HooksPlace } from './hooks.ts'
import type { Repository } from './repository.ts'

export interface InstalledHook {
  readonly hook: HookName
  readonly path: string
  readonly state: HookState
  /** The manager whose text is in the file. */
  readonly manager?: string
  /** Runs our part of the hook, and nothing that belongs to others; absent when there is none. */
  readonly command?: { readonly program: string; readonly args: readonly string[] }
  /** What can be added by hand. */
  readonly line: string
}

export interface InstalledHooks {
  readonly way: 'files' | 'config'
  readonly place: HooksPlace
  readonly hooks: readonly InstalledHook[]
}

/** With at most four git processes. */
export async function readInstalledHooks(repository: Repository, gitVersion: string): Promise<InstalledHooks> {
  const place = await findHooksPlace(repository)
  const way = chooseWay(gitVersion)
  if (way === 'files') return { way, place, hooks: INSTALLED_HOOKS.map((hook) => readOne(hook, place)) }
  const state = await hasConfigHooks(repository) ? 'ours' : 'missing'
  return {
    way, place, hooks: INSTALLED_HOOKS.map((hook) => ({
      hook, state, path: `hook.bitloops-${hook}.command`, line: hookLine(hook),
      ...state === 'ours' ? { command: { program: '/bin/sh', args: ['-c', `${hookCommand(hook)} "$@"`, hook] } } : {},
    })),
  }
}

function readOne(hook: HookName, place: HooksPlace): InstalledHook {
  const path = join(place.folder, hook)
  const found = findHook(path)
  const state = judgeHook(hook, found, place.kind !== 'husky', isProgram)
  const text = found.kind === 'file' ? found.text : undefined
  const manager = text === undefined ? undefined : managerOf(text)
  return {
    hook, path, state, line: hookLine(hook),
    ...manager === undefined ? {} : { manager },
    ...state === 'ours' && text !== undefined ? { command: commandOf(path, text, place.kind === 'husky') } : {},
  }
}

/** A file that holds nothing but our lines is run as Git runs it; of any other, only our lines, by what runs them. */
function commandOf(path: string, text: string, isHusky: boolean): InstalledHook['command'] & object {
  if (!isHusky && takeBlock(text).replace(/^#![^\n]*\n?/, '').trim() === '') return { program: path, args: [] }
  const [program = '/bin/sh', ...args] = interpreterOf(text)
  return { program, args: [...args, '-c', blockOf(text) ?? '', path] }
}

function findHook(path: string): FoundHook {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return { kind: 'none' }
  if (found.isSymbolicLink()) return { kind: 'link', to: readlinkSync(path) }
  if (!found.isFile()) return { kind: 'none' }
  return { kind: 'file', text: readFileSync(path, 'latin1'), executable: (found.mode & 0o111) !== 0 }
}

const isProgram = (path: string): boolean => {
  const found = statSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true && (found.mode & 0o111) !== 0
}
