// Finds and ends what tests leave running in the background: drains detach themselves, on purpose.

import { readFileSync, readdirSync } from 'node:fs'

/** Ends all processes whose home or temporary folder lies below `folder`. Does nothing where there is no /proc. */
export function endProcessesOf(folder: string): void {
  for (const pid of processesOf(folder)) {
    try { process.kill(pid, 'SIGKILL') } catch { /* it ended by itself just now */ }
  }
}

/** The processes that were started with `HOME` or `TMPDIR` at or below `folder`, this one left out. */
export function processesOf(folder: string): number[] {
  return listProcesses().filter((pid) => {
    if (pid === process.pid) return false
    const variables = readEnvironment(pid)
    return ['HOME', 'TMPDIR'].some((name) => variables.some((variable) =>
      variable === `${name}=${folder}` || variable.startsWith(`${name}=${folder}/`)))
  })
}

function listProcesses(): number[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number)
  } catch {
    return []
  }
}

function readEnvironment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return []
  }
}
