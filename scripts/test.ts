// Runs every test file in a process, a home and a temporary folder of its own. Its last line is `N passed, N failed`.
//
//   node --import tsx scripts/test.ts [part of a file name ...]

import { spawn } from 'node:child_process'
import { mkdtempSync, mkdirSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { removeFolder } from '../test/support/remove-folder.ts'

interface Outcome {
  readonly file: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly seconds: number
  /** Why the file as a whole is no success; its tests may all have passed. */
  readonly complaint?: string
  readonly skips: readonly string[]
  readonly output: string
}

interface Ending {
  readonly output: string
  readonly code: number | null
  readonly timedOut: boolean
  readonly seconds: number
}

const PROJECT = fileURLToPath(new URL('..', import.meta.url))
const AT_A_TIME = 2
const SOAK = process.env['BITLOOPS_SOAK'] !== undefined
const LIMIT_SECONDS = SOAK ? 60 * 60 : 5 * 60

/** A skipped test says why on a line of its own: `skip: <reason>`. */
const SKIP = /^skip: (.+)$/gm

function environmentIn(folder: string): NodeJS.ProcessEnv {
  mkdirSync(join(folder, 'home'))
  mkdirSync(join(folder, 'tmp'))
  return {
    PATH: process.env['PATH'],
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    ...(SOAK ? { BITLOOPS_SOAK: '1' } : {}),
  }
}

function start(file: string, env: NodeJS.ProcessEnv): Promise<Ending> {
  return new Promise((resolve) => {
    const began = process.hrtime.bigint()
    const child = spawn(process.execPath, ['--import', 'tsx', file], {
      cwd: PROJECT, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let timedOut = false
    const limit = setTimeout(() => {
      timedOut = true
      try { process.kill(-child.pid!, 'SIGKILL') } catch { /* it ended by itself just now */ }
    }, LIMIT_SECONDS * 1000)
    child.stdout.on('data', (text: Buffer) => { output += text.toString('utf8') })
    child.stderr.on('data', (text: Buffer) => { output += text.toString('utf8') })
    // Not `close`: a process left behind may hold the pipes for ever.
    child.on('exit', (code) => {
      clearTimeout(limit)
      const seconds = Number(process.hrtime.bigint() - began) / 1e9
      setTimeout(() => {
        child.stdout.destroy()
        child.stderr.destroy()
        resolve({ output, code, timedOut, seconds })
      }, 20)
    })
  })
}

/** Reads uvu's summary and says what is wrong with the file as a whole. */
function judge(file: string, ending: Ending): Outcome {
  const text = ending.output.replace(/\x1b\[[0-9;]*m/g, '')
  const count = (word: string): number => Number(new RegExp(`^  ${word}: +(\\d+)$`, 'm').exec(text)?.[1] ?? 0)
  const total = count('Total')
  const passed = count('Passed')
  const skipped = count('Skipped')
  const skips = [...text.matchAll(SKIP)].map((found) => found[1]!)
  const complaint = ending.timedOut ? `was not done after ${LIMIT_SECONDS} s`
    : total + skipped === 0 ? `ran no test (exit code ${ending.code})`
    : ending.code !== 0 && passed === total ? `ended with exit code ${ending.code}`
    : skipped > 0 && skips.length === 0 ? 'skips tests without a reason'
    : undefined
  const failed = Math.max(total - passed, complaint === undefined ? 0 : 1)
  return {
    file, passed, failed, skipped, skips, seconds: ending.seconds, output: ending.output,
    ...(complaint === undefined ? {} : { complaint }),
  }
}

async function runFile(file: string): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'git-bitloops-'))
  try {
    return judge(file, await start(file, environmentIn(folder)))
  } finally {
    removeFolder(folder)
  }
}

function report(outcome: Outcome): void {
  const place = `${outcome.file}  ${outcome.passed} passed  ${outcome.seconds.toFixed(1)} s`
  if (outcome.failed === 0) {
    console.log(`ok    ${place}`)
  } else {
    console.log(`FAIL  ${place}  ${outcome.failed} failed`)
    console.log(outcome.output.trimEnd().replace(/^/gm, '      '))
    if (outcome.complaint !== undefined) console.log(`      ${outcome.file} ${outcome.complaint}`)
  }
  for (const reason of outcome.skips) console.log(`      skipped: ${reason}`)
}

const wanted = process.argv.slice(2)
const files = readdirSync(join(PROJECT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .filter((path) => wanted.length === 0 || wanted.some((word) => path.includes(word)))
  .map((path) => join('test', path))
  .sort()

const queue = [...files]
const outcomes: Outcome[] = []
await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const outcome = await runFile(file)
    outcomes.push(outcome)
    report(outcome)
  }
}))

/** Real processes that wait for each other may be late where much else runs: a few such files get the machine alone. */
const MOST_ALONE = 3
const late = outcomes.filter(({ failed }) => failed > 0)
if (late.length <= MOST_ALONE && files.length > MOST_ALONE) {
  for (const outcome of late) {
    console.log(`again ${outcome.file}, alone`)
    const second = await runFile(outcome.file)
    outcomes.splice(outcomes.indexOf(outcome), 1, second)
    report(second)
  }
}

const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((before, outcome) => before + of(outcome), 0)
const failed = sum((outcome) => outcome.failed)
const skipped = sum((outcome) => outcome.skipped)
if (files.length === 0) console.log(`no test file is called ${wanted.join(' or ')}`)
console.log(`${sum((outcome) => outcome.passed)} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 || files.length === 0 ? 1 : 0
