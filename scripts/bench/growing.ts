// What a server holds after 40 checkpoints of one growing session, and what it would hold with whole transcripts.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { playStart } from '../../test/support/turn.ts'
import { commitAll, makeInitialised } from '../../test/support/repository.ts'
import { PROJECT } from '../../test/support/sandbox.ts'
import { call } from './measure.ts'
import type { Row } from './report.ts'

const CHECKPOINTS = 40
const GROWTH = 100 * 1024
/** As it is in sessions: most is what tools read and wrote, and the client tells that twice. */
const SHARES = { thinking: 0.15, read: 0.24, written: 0.15, answer: 0.02 }
const MB = 1e6

export async function benchGrowing(): Promise<readonly Row[]> {
  const repository = await makeInitialised()
  const { root, env, sandbox: { folder } } = repository
  const git = (...words: readonly string[]): void => { call('git', words, { cwd: root, env }) }
  const [slices, wholes] = ['slices.git', 'wholes.git'].map((name) => join(folder, name)) as [string, string]
  for (const remote of [slices, wholes]) {
    git('init', '--quiet', '--bare', remote)
    // What was pushed stays a pack, as on the servers of many users.
    git('--git-dir', remote, 'config', 'receive.unpackLimit', '1')
  }
  git('remote', 'add', 'origin', slices)
  git('bitloops', 'init', '--agent', 'claude-code', '--local', '--remote', 'origin', '--push', 'manual')
  const say = speaker()
  const claude = await playStart(repository)
  const whole = join(folder, 'whole')
  git('init', '--quiet', whole)
  for (let number = 1; number <= CHECKPOINTS; number += 1) {
    await claude.prompt(`Go on with part ${number}.`)
    await claude.think(say(SHARES.thinking * GROWTH))
    const source = join(folder, 'source.txt')
    writeFileSync(source, say(SHARES.read * GROWTH))
    await claude.bash(`cat ${source}`)
    await claude.write(`src/part-${number}.txt`, say(SHARES.written * GROWTH))
    await claude.stop(say(SHARES.answer * GROWTH))
    await repository.waitForInbox()
    await repository.sh(commitAll(`Part ${number}`))
    git('bitloops', 'push')
    const text = readFileSync(claude.transcript.path)
    writeFileSync(join(whole, `${number}.jsonl`), text)
    call('/bin/sh', ['-c', `${commitAll(`Part ${number}`)} && git push --quiet ${wholes} HEAD:refs/whole/checkpoints`],
      { cwd: whole, env })
  }
  const grown = statSync(claude.transcript.path).size
  const [sliced, whole40] = [slices, wholes].map((remote) => bytesIn(remote) / MB) as [number, number]
  const rows: readonly Row[] = [
    { what: `transcript of a session with ${CHECKPOINTS} checkpoints`, mb: grown / MB },
    { what: 'on the server, had each checkpoint the whole transcript', mb: whole40 },
    { what: 'on the server, as we publish it', mb: sliced,
      bar: { mb: 1.2, words: '1.2 MB' } },
  ]
  await repository.waitForIdle()
  repository.remove()
  return rows
}

/** The packs; what is beside them the server makes itself. */
const bytesIn = (remote: string): number => readdirSync(join(remote, 'objects', 'pack'))
  .filter((name) => name.endsWith('.pack'))
  .reduce((sum, name) => sum + statSync(join(remote, 'objects', 'pack', name)).size, 0)

/** Lines of this project's pages and sources, in a new order each time: they compress as people's text does. */
function speaker(): (chars: number) => string {
  const folders = ['docs', 'src/git', 'src/store', 'git-commands']
  const lines = folders.flatMap((folder) => readdirSync(join(PROJECT, folder)).sort().flatMap((name) =>
    readFileSync(join(PROJECT, folder, name), 'utf8').split('\n').filter((line) => line.length > 20)))
  let state = 1
  const next = (): string => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return lines[state % lines.length]!
  }
  return (chars) => {
    let text = ''
    while (text.length < chars) text += `${next()}\n`
    return text
  }
}
