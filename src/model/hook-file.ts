// What a hook file becomes when git-bitloops is installed in it, and when it is taken out again. Texts are bytes read
// as latin1, so that whatever else is in the file stays as it is.

import { findBlock, putBlock, takeBlock } from './marked-block.ts'

/** The Git hooks that have something to do. Adding one here, and a case to `src/hooks/git-hook.sh`, is all it takes. */
export const INSTALLED_HOOKS = [
  'commit-msg', 'post-commit', 'post-rewrite', 'post-checkout', 'post-merge', 'pre-push',
] as const
export type HookName = (typeof INSTALLED_HOOKS)[number]

/** Git tells these something on their input, which both we and what else is in the hook want to read. */
const READS_INPUT: ReadonlySet<HookName> = new Set(['post-rewrite'])

/** What stays queued is told here; its stdout is that of the push, which scripts read. */
const MAY_SPEAK: ReadonlySet<HookName> = new Set(['pre-push'])

export interface HookFile {
  readonly text: string
  /** False: Git does not run it, so neither may we bring it to life. */
  readonly active: boolean
}

export type HookEdit =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'write'; readonly text: string }
  /** The foreign hook moves to the name beside, from where ours calls it. */
  | { readonly kind: 'set-aside'; readonly backup: string; readonly text: string }

export type HookRemoval =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'write'; readonly text: string }
  | { readonly kind: 'delete' }
  /** The file of this name takes its old place again. */
  | { readonly kind: 'put-back'; readonly backup: string }

/**
 * sh with builtins only, on one line each: from the git directory `$d` to the common directory `$c`. A `.git` file
 * (`git worktree add` runs post-checkout without GIT_DIR) is read to its end, for the sake of paths with newlines.
 */
export const RESOLVE_COMMON_DIR = [
  `if [ -f "$d" ]; then g=; n=$(printf '\\n.'); n=\${n%.}; ` +
    'while IFS= read -r l || [ -n "$l" ]; do g=$g${g:+$n}$l; done <"$d"; ' +
    'g=${g#gitdir: }; case $g in /*|?:*) d=$g;; *) d=${d%.git}$g;; esac; fi',
  'c=$d; if [ -f "$d/commondir" ]; then IFS= read -r c <"$d/commondir"; case $c in /*|?:*) ;; *) c=$d/$c;; esac; fi',
] as const

/** Sourced, not started: 0.3 ms instead of 0.8. It may exit, being in a subshell. */
const guardOf = (hook: HookName): readonly string[] => [
  'set +efu',
  'd=${GIT_DIR:-.git}',
  ...RESOLVE_COMMON_DIR,
  `bitloops_home=$c/bitloops; [ -r "$bitloops_home/git-hook" ] && set -- ${hook} "$@" && . "$bitloops_home/git-hook"`,
]

/**
 * A rebase runs post-commit once for each pick. In a plain worktree it is remembered here, as `git-hook` does it: the
 * subshell costs half of what sh itself does.
 */
const PICK = {
  isOne: [
    'if [ -d "${GIT_DIR:-.git}/rebase-merge" ] && [ -r "${GIT_DIR:-.git}/CHERRY_PICK_HEAD" ] &&',
    '  [ -r "${GIT_DIR:-.git}/bitloops/git-hook" ] && [ -z "${BITLOOPS_PROBE-}" ] &&',
    '  IFS= read -r bitloops_source <"${GIT_DIR:-.git}/CHERRY_PICK_HEAD" &&',
    '  IFS= read -r bitloops_head <"${GIT_DIR:-.git}/HEAD" && [ "$bitloops_head" = "${bitloops_head#ref: }" ]',
  ],
  remember: 'printf \'pick %s %s\\n\' "$bitloops_head" "$bitloops_source" ' +
    '2>/dev/null >>"${GIT_DIR:-.git}/rebase-merge/bitloops" || :',
} as const

const quietly = (hook: HookName): string =>
  `${READS_INPUT.has(hook) ? '' : '</dev/null '}>/dev/null ${MAY_SPEAK.has(hook) ? '' : '2>&1 '}|| :`
const REASON =
  '# Before everything else, so that no exit or exec below skips it. `git bitloops uninstall` takes it out again.'
const MADE = '# This file was made by `git bitloops init`; `git bitloops uninstall` takes it away again.'
const SHEBANG = '#!/bin/sh\n'

const guardLines = (hook: HookName, reason: string): readonly string[] => {
  const guard = ['(', ...guardOf(hook).map((line) => `  ${line}`)]
  if (hook === 'post-commit') {
    return [reason, ...PICK.isOne, 'then', `  ${PICK.remember}`, 'else', ...guard, `) ${quietly(hook)}`, 'fi']
  }
  if (!READS_INPUT.has(hook)) return [reason, ...guard, `) ${quietly(hook)}`]
  const input = ['$bitloops_input', 'bitloops']
  return [
    reason, 'bitloops_input=$(cat) || :',
    ...guard, ') >/dev/null 2>&1 <<bitloops || :', ...input, 'exec <<bitloops', ...input,
  ]
}

const SET_ASIDE = /^# The hook that was here is (\S+)/

const wrapperLines = (hook: HookName, backup: string): readonly string[] => [
  `# The hook that was here is ${backup} now; \`git bitloops uninstall\` puts it back.`,
  ...guardLines(hook, '# What git-bitloops does; then the hook, with its arguments, its input and its exit code.'),
  `if [ -x "\${0%/*}/${backup}" ]; then "\${0%/*}/${backup}" "$@" || exit; fi`,
]

const madeText = (lines: readonly string[]): string => putBlock(SHEBANG, lines, SHEBANG.length)

/** The one line that does the same in a hook that we may not edit. */
export const hookLine = (hook: HookName): string =>
  `sh "$(git rev-parse --git-common-dir)/bitloops/git-hook" ${hook} "$@" ${quietly(hook)}`

/** The text of `hook.<name>.command` (Git 2.54): Git puts ` "$@"` behind it, and a failure would stop the commit. */
export const hookCommand = (hook: HookName): string =>
  `bitloops() { ( ${guardOf(hook).join('; ')} ) ${quietly(hook)}; }; bitloops`

/** What becomes of a hook. `backup` is a free name beside it, for a foreign hook that cannot hold our lines. */
export function planHook(hook: HookName, found: HookFile | undefined, backup: string): HookEdit {
  if (found === undefined) return { kind: 'write', text: madeText(guardLines(hook, MADE)) }
  const block = findBlock(found.text)
  if (block !== undefined) {
    const text = putBlock(found.text, linesLike(block, hook), 0)
    return text === found.text ? { kind: 'unchanged' } : { kind: 'write', text }
  }
  if (!found.active || !isPlainShell(found.text)) {
    return { kind: 'set-aside', backup, text: madeText(wrapperLines(hook, backup)) }
  }
  return { kind: 'write', text: putBlock(found.text, guardLines(hook, REASON), endOfShebang(found.text)) }
}

export function planHookRemoval(found: HookFile | undefined): HookRemoval {
  const block = found === undefined ? undefined : findBlock(found.text)
  if (found === undefined || block === undefined) return { kind: 'unchanged' }
  const text = takeBlock(found.text)
  const backup = setAsideIn(block)
  if (text !== SHEBANG) return { kind: 'write', text }
  if (backup !== undefined) return { kind: 'put-back', backup }
  return block[0] === MADE ? { kind: 'delete' } : { kind: 'write', text }
}

const setAsideIn = (block: readonly string[]): string | undefined => SET_ASIDE.exec(block[0] ?? '')?.[1]

/** The block as this version writes it, of the same sort as the one that is there. */
function linesLike(block: readonly string[], hook: HookName): readonly string[] {
  const backup = setAsideIn(block)
  if (backup !== undefined) return wrapperLines(hook, backup)
  return guardLines(hook, block[0] === MADE ? MADE : REASON)
}

const SHELL = /^#![ \t]*(?:\S*\/)?(?:(?:env(?:[ \t]+-\S+)*|busybox)[ \t]+)?(?:\S*\/)?(?:d|a|ba|z|k|mk)?sh(?:\s|$)/

/** Git runs a text without `#!` by sh, as it does one that says so; a CR, a BOM or a NUL makes it something else. */
function isPlainShell(text: string): boolean {
  if (/[\r\0]/.test(text) || text.startsWith('\xef\xbb\xbf')) return false
  if (!text.startsWith('#!')) return true
  return SHELL.test(text)
}

function endOfShebang(text: string): number {
  if (!text.startsWith('#!')) return 0
  const end = text.indexOf('\n')
  return end < 0 ? text.length : end + 1
}
