// What is wrong with a hook file that is to hold our lines: Git does not run a broken one, and mostly says nothing.

import { planHook } from './hook-file.ts'
import type { HookName } from './hook-file.ts'
import { findBlock } from './marked-block.ts'

/** A hook file as it lies there, read as latin1. */
export type FoundHook =
  | { readonly kind: 'none' }
  | { readonly kind: 'link'; readonly to: string }
  | { readonly kind: 'file'; readonly text: string; readonly executable: boolean }

export type HookState =
  | 'ours'
  | 'missing'
  /** Somebody else's hook, without our lines. */
  | 'foreign'
  /** Our lines, as another version wrote them or changed by hand. */
  | 'outdated'
  | 'not-executable'
  /** `#!/bin/sh` with a carriage return names an interpreter that does not exist. */
  | 'line-ends'
  /** It is run, but each time with a complaint about its first line. */
  | 'byte-order-mark'
  /** The interpreter is not there. */
  | 'interpreter'
  | 'link'

/** `mustBeExecutable`: false for hooks that a manager starts by `sh`. */
export function judgeHook(
  hook: HookName, found: FoundHook, mustBeExecutable: boolean, hasProgram: (path: string) => boolean,
): HookState {
  if (found.kind === 'none') return 'missing'
  if (found.kind === 'link') return 'link'
  const { text } = found
  if (/^#![^\n]*\r/.test(text)) return 'line-ends'
  if (interpreterOf(text).some((word) => word.startsWith('/') && !hasProgram(word))) return 'interpreter'
  if (findBlock(text) === undefined) return 'foreign'
  if (planHook(hook, { text, active: true }, '').kind !== 'unchanged') return 'outdated'
  if (mustBeExecutable && !found.executable) return 'not-executable'
  return text.startsWith('\xef\xbb\xbf') ? 'byte-order-mark' : 'ours'
}

/** The words behind `#!`: a program and its arguments. */
export const interpreterOf = (text: string): readonly string[] =>
  /^#![ \t]*([^\n]*)/.exec(text)?.[1]?.trim().split(/[ \t]+/).filter(Boolean) ?? []

/** Our lines as a program of their own, to be tried without what else is in the file. */
export const blockOf = (text: string): string | undefined => findBlock(text)?.join('\n')

const MANAGERS: Readonly<Record<string, RegExp>> = {
  lefthook: /\blefthook\b/i,
  'pre-commit': /\bpre-commit\b/,
  'simple-git-hooks': /simple-git-hooks|SKIP_SIMPLE_GIT_HOOKS/i,
  husky: /\bhusky\b/i,
}

/** The hook manager that wrote a file, by the words in it. */
export const managerOf = (text: string): string | undefined =>
  Object.entries(MANAGERS).find(([, words]) => words.test(text))?.[0]
