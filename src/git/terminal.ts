// Asks git how the user wants to see output. These calls keep the user's own colour and pager settings.

import { execFile } from 'node:child_process'
import type { GitPlace } from './git.ts'

/** `color.bitloops`, else `color.ui`. The caller knows whether there is a terminal. */
export const wantsColour = async (place: GitPlace): Promise<boolean> =>
  (await ask(place, ['config', '--get-colorbool', 'color.bitloops', 'true'])) !== 'false'

/** The command line of the pager, as Git chooses it. */
export const findPager = async (place: GitPlace): Promise<string | undefined> =>
  await ask(place, ['var', 'GIT_PAGER']) || undefined

function ask(place: GitPlace, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('git', [...args], { cwd: place.cwd, env: { ...place.env }, timeout: 5000 },
      (error, stdout) => { resolve(error === null ? stdout.trim() : '') })
  })
}
