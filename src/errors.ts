// What stops a command. Printed in one place as Git prints: `fatal: …`, `hint: …`.

export type ErrorCode =
  | 'not-a-repository' | 'not-initialised' | 'no-worktree' | 'unknown-revision' | 'ambiguous' | 'unsafe-file'
  | 'newer-format' | 'store-unusable' | 'git-failed' | 'usage' | 'refused' | 'unknown-agent' | 'cannot-write'
  | 'no-agent' | 'remote-failed' | 'unknown-remote' | 'left' | 'locked'

/** An expected failure: a sentence, and what the user can do about it. Exit code 128; 129 for usage, 130 for `left`. */
export class BitloopsError extends Error {
  override readonly name = 'BitloopsError'
  constructor(readonly code: ErrorCode, message: string, readonly hint?: string) {
    super(message)
  }
}
