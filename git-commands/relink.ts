// `git bitloops relink [<range>]`: finds the checkpoints of commits that were rewritten unseen.

import type { Io } from './io.ts'

export const run = async (_io: Io): Promise<number> => 0
