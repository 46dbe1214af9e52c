// A line for somebody who waits longer than a second at a terminal.

import { cleanLine } from '../src/model/clean.ts'
import type { Io } from './io.ts'

const PATIENCE_MS = 1000
const STEP_MS = 200
const WIDTH = 79

export interface Progress {
  /** Shows where it stands, though not more often than a person can read. */
  tell(text: string): void
  end(): void
}

export function openProgress(io: Io): Progress {
  let last = io.now() + PATIENCE_MS - STEP_MS
  let isShown = false
  return {
    tell(text) {
      if (!io.isTerminal || io.now() < last + STEP_MS) return
      last = io.now()
      isShown = true
      io.err(`\r${cleanLine(text, WIDTH)}\u001b[K`)
    },
    end() {
      if (isShown) io.err('\r\u001b[K')
      isShown = false
    },
  }
}
