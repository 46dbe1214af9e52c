// Measures what users wait for, as ratios to what the machine does anyway, and writes docs/BENCHMARKS.md.
//
//   node --import tsx scripts/bench.ts [hook] [commit] [transcript] [rebase] [push] [growing] [sizes] [fetch] [unite]

import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { quote, PROJECT } from '../test/support/sandbox.ts'
import { transcriptPath } from '../test/support/transcript.ts'
import { call, callForCost, measure, median, timed } from './bench/measure.ts'
import type { Case, Cost } from './bench/measure.ts'
import { formatReport } from './bench/report.ts'
import type { Row } from './bench/report.ts'
import { benchGrowing } from './bench/growing.ts'
import { benchRebase } from './bench/rebase.ts'
import { benchSnapshot } from './bench/snapshot.ts'
import { benchFirstFetch, benchPush, benchUnite } from './bench/sharing.ts'
import { benchSizes } from './bench/sizes.ts'
import {
  base, countNodeStarts, draftSession, drainWords, endDrain, endTurn, growTranscript, makeStage, otherSessions,
  writeFiles,
} from './bench/stage.ts'
import type { Stage } from './bench/stage.ts'

const ROUNDS = 20
const MB = 1 << 20

async function benchHook(): Promise<readonly Row[]> {
  const stage = await makeStage('initialised')
  const starts = countNodeStarts(stage.repository)
  let number = 0
  const payload = (): string => JSON.stringify({
    session_id: 'bench', cwd: stage.root, prompt_id: 'bench', hook_event_name: 'PostToolUse', tool_name: 'Bash',
    tool_use_id: `toolu_${number += 1}`, tool_input: { command: 'x'.repeat(20_000) }, tool_response: { stdout: '' },
  })
  const env = { ...stage.env, CLAUDECODE: '1', CLAUDE_PROJECT_DIR: stage.root }
  const hook = (): void => { call('/bin/sh', ['-c', stage.hook], { cwd: stage.root, env, input: payload() }) }
  const cold = measure({ hook: { prepare: () => { endDrain(stage) }, run: hook } }, ROUNDS).hook
  hook()
  const warm = measure({ ...base(stage), hook: { prepare: hook, run: hook } }, ROUNDS)
  const bursts = [1, 2, 3].map(() => {
    endDrain(stage)
    starts()
    const times = Array.from({ length: 50 }, () => timed(hook))
    return { ms: median(times), starts: starts() }
  })
  endDrain(stage)
  const { N, G } = warm
  const mostStarts = Math.max(...bursts.map((burst) => burst.starts))
  return [
    { what: 'agent hook, 20 KB, a drain is alive', N, G, ms: warm.hook, bar: { ms: 6 * G, words: '6 G' } },
    // By the G of the quiet rounds: right after a drain was ended, git is slower as well, and the bar would move.
    { what: 'agent hook, 20 KB, it starts a drain', N, G, ms: cold, bar: { ms: 14 * G, words: '14 G' } },
    { what: 'agent hook in a burst of 50', N, G, ms: median(bursts.map((burst) => burst.ms)),
      bar: { ms: 6 * G, words: '6 G' } },
    { what: 'Node starts in a burst of 50 (most of 3)', count: mostStarts, bar: { count: 2, words: '2' } },
  ]
}

async function benchCommit(): Promise<readonly Row[]> {
  const stages = {
    plain: await makeStage('plain'), none: await makeStage('initialised'), drafts: await makeStage('initialised'),
    waiting: await makeStage('initialised'), crowded: await makeStage('initialised'),
  }
  otherSessions(stages.crowded, 500)
  let round = 0
  const commit = (stage: Stage, prepare: (text: string) => void): Case => ({
    prepare: () => { prepare(`round ${round += 1}`) },
    run: () => { call('git', ['commit', '--quiet', '--all', '-m', 'Measured'], { cwd: stage.root, env: stage.env }) },
  })
  const ms = measure({
    ...base(stages.plain),
    plain: commit(stages.plain, (text) => { writeFiles(stages.plain, text) }),
    none: commit(stages.none, (text) => { writeFiles(stages.none, text) }),
    drafts: commit(stages.drafts, (text) => { draftSession(stages.drafts, text) }),
    waiting: commit(stages.waiting, (text) => { draftSession(stages.waiting, text, 40) }),
    crowded: commit(stages.crowded, (text) => { draftSession(stages.crowded, text) }),
  }, ROUNDS)
  const { N, G, plain } = ms
  return [
    { what: 'git commit without us (50 files)', N, G, ms: plain },
    { what: 'git commit, no draft', N, G, ms: ms.none, bar: { ms: plain + 3 * G, words: 'plain + 3 G' } },
    { what: 'git commit, 50 drafts', N, G, ms: ms.drafts,
      bar: { ms: plain + 2.2 * N + 12 * G, words: 'plain + 2.2 N + 12 G' } },
    { what: 'git commit, 50 drafts, ten in the inbox', N, G, ms: ms.waiting,
      bar: { ms: plain + 2.8 * N + 12 * G, words: 'plain + 2.8 N + 12 G' } },
    { what: 'git commit, 50 drafts, 500 other sessions', N, G, ms: ms.crowded,
      bar: { ms: 1.15 * ms.drafts, words: '15 % above 50 drafts' } },
    ...benchCommands(stages.drafts),
  ]
}

function benchCommands(stage: Stage): readonly Row[] {
  const command = (...words: readonly string[]): Case =>
    ({ run: () => { call('git', ['bitloops', ...words], { cwd: stage.root, env: stage.env }) } })
  const { N, G, ...ms } = measure({ ...base(stage), explain: command('explain'), status: command('status') }, ROUNDS)
  const bar = { ms: 1.6 * N, words: '1.6 N' }
  return [
    { what: 'git bitloops explain', N, G, ms: ms.explain, bar },
    { what: 'git bitloops status', N, G, ms: ms.status, bar },
  ]
}

async function benchTranscript(): Promise<readonly Row[]> {
  const stage = await makeStage('initialised')
  const session = randomUUID()
  const path = transcriptPath(stage.repository.home, stage.root, session)
  const place = { cwd: stage.root, env: stage.env }
  const read = (bytes: number): Cost => {
    growTranscript(path, session, bytes)
    endTurn(stage, session)
    return callForCost('git', drainWords(stage), place)
  }
  const first = read(200 * MB)
  const five = (run: () => Cost): readonly Cost[] => [1, 2, 3, 4, 5].map(run)
  const cpuOf = (costs: readonly Cost[]): number => median(costs.map(({ cpuMs }) => cpuMs))
  const grown = five(() => read(100 * 1024))
  const N = cpuOf(five(() => callForCost(process.execPath, ['-e', '0'], place)))
  const idle = cpuOf(five(() => callForCost('git', drainWords(stage), place)))
  return [
    { what: 'drain of an empty inbox, CPU', N, ms: idle },
    { what: 'transcript of 200 MB, read the first time, CPU', N, ms: first.cpuMs },
    { what: 'the same, memory', mb: first.peakMb },
    { what: 'transcript that grew by 100 KB after 200 MB, CPU', N, ms: cpuOf(grown),
      bar: { ms: 1.6 * N, words: '1.6 N' } },
    { what: 'the same, memory', mb: Math.max(...grown.map((one) => one.peakMb)), bar: { mb: 150, words: '150 MB' } },
  ]
}

const SUITES = {
  hook: benchHook, commit: benchCommit, transcript: benchTranscript, rebase: benchRebase, push: benchPush,
  growing: benchGrowing, snapshot: benchSnapshot, sizes: benchSizes, fetch: benchFirstFetch, unite: benchUnite,
}
const wanted = process.argv.slice(2)
const rows: Row[] = []
for (const [name, bench] of Object.entries(SUITES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.error(`measuring: ${name}`)
  rows.push(...await bench())
}
const [git] = /\d+\.\d+/.exec(execFileSync('git', ['--version'], { encoding: 'utf8' })) ?? []
const report = formatReport(rows, {
  machine: `${cpus().length}-core machine, Node ${process.versions.node.split('.')[0]}, git ${git}`,
  rounds: ROUNDS,
  load: loadavg()[2]!,
  cores: cpus().length,
})
console.log(report)
if (wanted.length === 0) {
  writeFileSync(join(PROJECT, 'docs', 'BENCHMARKS.md'), report)
  console.log(`written to ${quote('docs/BENCHMARKS.md')}`)
}
