// The commands that people wait for, in stores of 10 to 100,000 checkpoints.

import { makeInitialised } from '../../test/support/repository.ts'
import type { TestRepository } from '../../test/support/repository.ts'
import { call, measure } from './measure.ts'
import type { Case } from './measure.ts'
import type { Row } from './report.ts'
import { base, draftEdit } from './stage.ts'
import { grow, indexAll } from './synthetic.ts'

const SIZES = [10, 1000, 10_000, 100_000]
const COMMANDS = { explain: ['explain'], log: ['log', '-n', '20'], status: ['status'] }
const ROUNDS = 10

const stages = new Map<number, Promise<TestRepository>>()

/** A repository with so many checkpoints; made once, and used by what comes next. */
export function stageOf(size: number): Promise<TestRepository> {
  const stage = stages.get(size) ?? makeStageOf(size)
  stages.set(size, stage)
  return stage
}

async function makeStageOf(size: number): Promise<TestRepository> {
  console.error(`making a store of ${size} checkpoints`)
  const stage = await makeInitialised()
  await grow(stage, size)
  await indexAll(stage)
  return stage
}

export async function benchSizes(): Promise<readonly Row[]> {
  const cases: Record<string, Case> = {}
  for (const size of SIZES) {
    const repository = await stageOf(size)
    const { root, env } = repository
    const command = (...words: readonly string[]): Case => ({ run: () => { call('git', words, { cwd: root, env }) } })
    let round = 0
    cases[`append ${size}`] = {
      ...command('commit', '--quiet', '--all', '-m', 'Measured'),
      prepare: () => { draftEdit({ repository, root, env }, `round ${round += 1}`) },
    }
    for (const [name, words] of Object.entries(COMMANDS)) cases[`${name} ${size}`] = command('bitloops', ...words)
  }
  const { N, G, ...ms } = measure<string>({ ...base(await stageOf(SIZES[0]!)), ...cases }, ROUNDS)
  return ['append', ...Object.keys(COMMANDS)].flatMap((name) => SIZES.map((size): Row => {
    const what = `${name === 'append' ? 'git commit of one draft' : name}, ${size.toLocaleString('en')} checkpoints`
    const row = { what, N: N!, G: G!, ms: ms[`${name} ${size}`]! }
    return name !== 'explain' || size < 100_000 ? row
      : { ...row, bar: { ms: 1.2 * ms[`${name} ${SIZES[0]}`]!, words: `1.2 × at ${SIZES[0]}` } }
  }))
}
