// Breaks a repository in every way that doctor is to name, and lets it mend what it says it mends.

import {
  appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import * as assert from 'uvu/assert'
import { formatMessage } from '../src/store/inbox.ts'
import { playClaude } from './support/player.ts'
import { commitAll, makeInitialised, makeRepository, repositoryAt } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

interface Line {
  readonly id: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly message: string
  readonly fix?: string
}

interface Diagnosis {
  readonly code: number
  readonly schema: number
  readonly ok: boolean
  readonly mended?: readonly { readonly message: string; readonly done: boolean }[]
  readonly checks: readonly Line[]
}

async function doctor(repository: TestRepository, ...options: readonly string[]): Promise<Diagnosis> {
  const { code, stdout, stderr } = await repository.bitloops('doctor', '--json', ...options)
  if (!stdout.startsWith('{')) throw new Error(`no diagnosis (${code}): ${stdout}${stderr}`)
  return { code, ...JSON.parse(stdout) as Omit<Diagnosis, 'code'> }
}

const problemsOf = ({ checks }: Diagnosis): readonly Line[] => checks.filter(({ state }) => state !== 'ok')
const told = (diagnosis: Diagnosis): string =>
  problemsOf(diagnosis).map(({ id, state, message, fix }) => `${state} ${id}: ${message} → ${fix ?? ''}`).join('\n')

/** What is in the repository's Git directory and its working tree, by name and bytes. */
async function inventory({ root, sh }: TestRepository): Promise<string> {
  // Locks and the log of the database come and go with every reader.
  return (await sh(`cd '${root}' && find . -type f ! -name 'live.db-*' ! -name drain.lock -exec cksum {} + | sort -k3`)).stdout
}

async function play(repository: TestRepository): Promise<void> {
  const claude = playClaude(repository)
  await claude.start()
  await claude.prompt('Write it')
  await claude.write('a.txt', 'one\n')
  await claude.stop()
  await repository.waitForIdle()
}

async function playAndCommit(repository: TestRepository): Promise<string> {
  await play(repository)
  await repository.sh(commitAll('Add a'))
  return await repository.git('rev-parse', 'HEAD')
}

function changeStore(repository: TestRepository, ...statements: readonly string[]): void {
  const database = new Sqlite(join(repository.bitloopsHome, 'live.db'))
  for (const statement of statements) database.exec(statement)
  database.close()
}

function makeOld(path: string, ageMs: number): void {
  const then = new Date(Date.now() - ageMs)
  utimesSync(path, then, then)
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const hook = (repository: TestRepository, name = 'post-commit'): string => join(repository.root, '.git', 'hooks', name)

describe('doctor in a healthy repository', (it) => {
  it('DOC-01 says ok of everything, with and without a session, and leaves nothing behind', async () => {
    const repository = await makeInitialised()
    for (const prepare of [async () => {}, play, playAndCommit]) {
      await prepare(repository)
      const before = await inventory(repository)
      const { code, stdout, stderr } = await repository.bitloops('doctor')
      assert.is(stdout.split('\n').filter((line) => !/^(ok |      |$)/.test(line)).join('\n'), '')
      assert.is(stderr, '')
      assert.is(code, 0)
      assert.is(await inventory(repository), before)
    }
    repository.remove()
  })

  it('tries what is installed: the Git hooks answer, a payload arrives, and nothing of it is recorded', async () => {
    const repository = await makeInitialised()
    const { checks } = await doctor(repository)
    assert.match(checks.find(({ id }) => id === 'git-hooks')!.message, /answered a probe/)
    assert.match(checks.find(({ id }) => id === 'agent-hooks')!.message, /what a probe delivered arrived/)
    await repository.waitForIdle()
    assert.equal(readdirSync(join(repository.bitloopsHome, 'inbox')).sort(), ['new', 'quarantine', 'tmp'])
    assert.not(existsSync(join(repository.bitloopsHome, 'live.db')))
    repository.remove()
  })

  it('runs only our part of a hook that belongs to others', async () => {
    const repository = await makeRepository()
    await repository.commit('Begin')
    mkdirSync(join(repository.root, '.git/hooks'), { recursive: true })
    writeFileSync(hook(repository), `#!/bin/sh\necho ran >>'${repository.root}/ran'\n`, { mode: 0o755 })
    assert.is((await repository.bitloops('init')).code, 0)
    assert.is(told(await doctor(repository)), '')
    assert.not(repository.exists('ran'))
    repository.remove()
  })

  it('is fine in a linked worktree, and from a subfolder', async () => {
    const repository = await makeInitialised()
    const linked = await repository.worktree('side')
    await linked.sh('mkdir -p deep/er')
    assert.is(told(await doctor(linked)), '')
    assert.is((await linked.sh('cd deep/er && git bitloops doctor')).code, 0)
    assert.match((await doctor(linked)).checks.find(({ id }) => id === 'agent-hooks')!.message, /2 worktrees/)
    repository.remove()
  })

  it('fits 80 columns', async () => {
    const repository = await makeInitialised()
    rmSync(hook(repository))
    const { stdout } = await repository.bitloops('doctor')
    assert.equal(stdout.split('\n').filter((line) => line.length > 80), [])
    repository.remove()
  })
})

describe('doctor elsewhere', (it) => {
  it('ends with 128 outside of a repository', async () => {
    const repository = await makeRepository()
    assert.is((await repository.sh('cd / && git bitloops doctor')).code, 128)
    repository.remove()
  })

  it('says where git-bitloops is not set up, and --fix does not set it up', async () => {
    const repository = await makeRepository()
    for (const options of [[], ['--fix']]) {
      const diagnosis = await doctor(repository, ...options)
      assert.is(diagnosis.code, 1)
      assert.match(told(diagnosis), /^fail setup: .* → git bitloops init$/)
    }
    assert.not(existsSync(repository.bitloopsHome))
    repository.remove()
  })

  it('is fine in a bare repository, where nothing is recorded', async () => {
    const repository = await makeRepository({ bare: true })
    assert.is((await doctor(repository)).code, 0)
    repository.remove()
  })

  it('warns where capture is off, and by which setting', async () => {
    const repository = await makeInitialised()
    await repository.git('config', 'bitloops.enabled', 'false')
    await repository.git('config', 'bitloops.colour', 'red')
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    assert.match(told(diagnosis), /warn capture: capture is off \(git config\).* → git bitloops enable/)
    assert.match(told(diagnosis), /warn settings: git config: 'colour' is not a setting/)
    repository.remove()
  })
})

/** A way to break the Git hooks, what is said of it, and whether `--fix` mends it. */
const BROKEN_HOOKS: readonly {
  readonly name: string
  readonly says: RegExp
  readonly mends: boolean
  breakIt(repository: TestRepository): void | Promise<unknown>
}[] = [
  { name: 'deleted', says: /\.git\/hooks\/post-commit is not there: a commit gets/, mends: true,
    breakIt: (repository) => { rmSync(hook(repository)) } },
  { name: 'not executable', says: /post-commit is not executable/, mends: true,
    breakIt: (repository) => { chmodSync(hook(repository), 0o644) } },
  { name: 'replaced by a manager', says: /was written by lefthook .*let lefthook run: sh "\$\(git rev-parse/, mends: true,
    breakIt: (repository) => { writeFileSync(hook(repository), '#!/bin/sh\nexec lefthook run post-commit "$@"\n') } },
  { name: 'given Windows line ends', says: /post-commit has Windows line ends/, mends: true,
    breakIt: (repository) => {
      writeFileSync(hook(repository), readFileSync(hook(repository), 'latin1').replaceAll('\n', '\r\n'))
    } },
  { name: 'changed by hand', says: /calls git-bitloops in other words/, mends: true,
    breakIt: (repository) => {
      writeFileSync(hook(repository), readFileSync(hook(repository), 'utf8').replace('set +efu', 'exit 0'))
    } },
  { name: 'a symbolic link', says: /post-commit is a symbolic link.*add there: sh/, mends: false,
    breakIt: async (repository) => {
      renameSync(hook(repository), join(repository.root, 'elsewhere'))
      await repository.sh('ln -s ../../elsewhere .git/hooks/post-commit')
    } },
  { name: 'elsewhere, by core.hooksPath', mends: false,
    says: /shared\/post-commit is not there.*git bitloops init asks .*other repositories may use it.*or add: sh/,
    breakIt: (repository) => repository.git('config', 'core.hooksPath', join(repository.sandbox.folder, 'shared')) },
  { name: 'husky’s', says: /\.husky\/post-commit is not there.*Git will show the change.*or add: sh/, mends: false,
    breakIt: (repository) => repository.git('config', 'core.hooksPath', '.husky/_') },
  { name: 'below a guard script that is gone', says: /the script git-hook is missing/, mends: true,
    breakIt: (repository) => { rmSync(join(repository.bitloopsHome, 'git-hook')) } },
]

describe('DOC-02 Git hooks that are', (it) => {
  for (const { name, says, mends, breakIt } of BROKEN_HOOKS) {
    it(`${name} are named${mends ? ' and mended' : ', with what the user can do'}`, async () => {
      const repository = await makeInitialised()
      await breakIt(repository)
      const diagnosis = await doctor(repository)
      assert.is(diagnosis.code, 1)
      assert.match(told(diagnosis), says)
      const fixed = await doctor(repository, '--fix')
      assert.is(fixed.code, mends ? 0 : 1, told(fixed))
      if (mends) assert.is(told(await doctor(repository)), '')
      repository.remove()
    })
  }

  it('without their interpreter do not run, and are told from those that do', async () => {
    const repository = await makeInitialised()
    writeFileSync(hook(repository), readFileSync(hook(repository), 'utf8').replace('#!/bin/sh', '#!/no/such/sh'))
    assert.match(told(await doctor(repository)), /names an interpreter that does not exist/)
    repository.remove()
  })

  it('behind a byte order mark run all the same, which is told', async () => {
    const repository = await makeInitialised()
    writeFileSync(hook(repository), `\ufeff${readFileSync(hook(repository), 'utf8')}`)
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    assert.match(told(diagnosis), /warn git-hooks: .*post-commit begins with a byte order mark/)
    repository.remove()
  })

  it('without an answer are named: the script they call is another one', async () => {
    const repository = await makeInitialised()
    writeFileSync(join(repository.bitloopsHome, 'git-hook'), 'exit 0\n')
    assert.match(told(await doctor(repository)), /post-commit is as it should be, but did not answer a probe/)
    assert.is((await doctor(repository, '--fix')).code, 0)
    repository.remove()
  })
})

describe('the program', (it) => {
  it('that is not on the PATH is named', async () => {
    const repository = await makeInitialised()
    const [, program] = readFileSync(join(repository.bitloopsHome, 'program'), 'utf8').split('\n')
    const outcome = await repository.sh(`PATH="\${PATH#*:}"; '${process.execPath}' '${program}' doctor`)
    assert.is(outcome.code, 1)
    assert.match(outcome.stdout, /FAIL +git-bitloops is not on the PATH/)
    repository.remove()
  })

  it('that hooks start, but that moved or does not run, is named and noted anew', async () => {
    const repository = await makeInitialised()
    const file = join(repository.bitloopsHome, 'program')
    const broken = join(repository.root, 'broken.js')
    writeFileSync(broken, 'throw new Error("no good")\n')
    for (const [path, says] of [[join(repository.root, 'gone.js'), /gone\.js, which is not there/], [broken, /does not run/]] as const) {
      writeFileSync(file, `${process.execPath}\n${path}\n`)
      assert.match(told(await doctor(repository)), says)
      assert.is((await doctor(repository, '--fix')).code, 0)
      assert.is(told(await doctor(repository)), '')
    }
    repository.remove()
  })
})

describe('agent hooks', (it) => {
  it('that a worktree lacks are named and put in; a worktree that is gone is named and skipped', async () => {
    const repository = await makeInitialised()
    const linked = await repository.worktree('side')
    const gone = await repository.worktree('gone')
    rmSync(join(linked.root, '.claude'), { recursive: true })
    rmSync(gone.root, { recursive: true })
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 1)
    assert.match(told(diagnosis), /fail agent-hooks: .*\/side has no agent hooks/)
    assert.match(told(diagnosis), /warn agent-hooks: the worktree .*\/gone is gone, it is skipped/)
    const fixed = await doctor(repository, '--fix')
    assert.is(fixed.code, 0)
    assert.ok(existsSync(join(linked.root, '.claude/settings.local.json')))
    await repository.git('worktree', 'prune')
    assert.is(told(await doctor(repository)), '')
    repository.remove()
  })

  it('in settings that are no JSON are left alone, and named', async () => {
    const repository = await makeInitialised()
    repository.write('.claude/settings.local.json', '{ "hooks": ')
    const diagnosis = await doctor(repository, '--fix')
    assert.is(diagnosis.code, 1)
    assert.match(told(diagnosis), /settings\.local\.json was left alone: it is not a JSON object/)
    assert.is(repository.read('.claude/settings.local.json'), '{ "hooks": ')
    repository.remove()
  })

  it('that deliver nowhere are named: the probe does not arrive', async () => {
    const repository = await makeInitialised()
    writeFileSync(join(repository.bitloopsHome, 'agent-hook'), 'exit 0\n')
    assert.match(told(await doctor(repository)), /what they deliver does not arrive in the inbox/)
    assert.is((await doctor(repository, '--fix')).code, 0)
    repository.remove()
  })

  it('DOC-08 of other tools are named, and left alone', async () => {
    const repository = await makeInitialised()
    const settings = JSON.stringify({ hooks: { Stop: [{ hooks: [{ type: 'command', command: 'entire hooks claude-code stop' }] }] } })
    repository.write('.claude/settings.json', settings)
    writeFileSync(hook(repository, 'pre-push'), '#!/bin/sh\nexec bitloops hooks git pre-push\n', { mode: 0o755 })
    mkdirSync(join(repository.home, '.claude'), { recursive: true })
    writeFileSync(join(repository.home, '.claude/settings.json'), '{"hooks":{"PostToolUse":"/opt/git-ai checkpoint claude"}}')
    const diagnosis = await doctor(repository, '--fix')
    assert.is(diagnosis.code, 0)
    for (const [name, place] of [
      ['Entire', '.claude/settings.json'], ['the Bitloops CLI', '.git/hooks/pre-push'], ['git-ai', '/.claude/settings.json'],
    ]) assert.match(told(diagnosis), new RegExp(`warn other-tools: ${name} records .*${place}`))
    assert.is(repository.read('.claude/settings.json'), settings)
    repository.remove()
  })
})

describe('the live store', (it) => {
  it('that is damaged is named, and never taken away', async () => {
    const repository = await makeInitialised()
    await play(repository)
    writeFileSync(join(repository.bitloopsHome, 'live.db'), 'This is no database, whatever its name says.'.repeat(200))
    rmSync(join(repository.bitloopsHome, 'live.db-wal'), { force: true })
    const before = readFileSync(join(repository.bitloopsHome, 'live.db'))
    const diagnosis = await doctor(repository, '--fix')
    assert.is(diagnosis.code, 1)
    assert.match(told(diagnosis), /fail live-store: the live store is damaged: file is not a database.*→ move .*live\.db away/)
    assert.equal(readFileSync(join(repository.bitloopsHome, 'live.db')), before)
    repository.remove()
  })

  it('that is damaged in a page only is named', async () => {
    const repository = await makeInitialised()
    await play(repository)
    changeStore(repository, 'PRAGMA wal_checkpoint(TRUNCATE)')
    const path = join(repository.bitloopsHome, 'live.db')
    const bytes = readFileSync(path)
    bytes.fill(0xaa, 4096 * 3, 4096 * 9)
    writeFileSync(path, bytes)
    assert.match(told(await doctor(repository)), /fail live-store: the live store is damaged/)
    repository.remove()
  })

  it('of a newer version is named, and not touched', async () => {
    const repository = await makeInitialised()
    await play(repository)
    changeStore(repository, 'PRAGMA user_version = 99')
    const diagnosis = await doctor(repository, '--fix')
    assert.is(diagnosis.code, 1)
    assert.match(told(diagnosis), /newer git-bitloops \(format 99\) → update git-bitloops/)
    repository.remove()
  })

  it('that others may read is named and closed to them', async () => {
    const repository = await makeInitialised()
    await play(repository)
    chmodSync(repository.bitloopsHome, 0o755)
    chmodSync(join(repository.bitloopsHome, 'live.db'), 0o644)
    assert.match(told(await doctor(repository)), /fail rights: others on this machine can read .*bitloops, .*live\.db/)
    assert.is((await doctor(repository, '--fix')).code, 0)
    assert.is(statSync(repository.bitloopsHome).mode & 0o777, 0o700)
    assert.is(statSync(join(repository.bitloopsHome, 'live.db')).mode & 0o777, 0o600)
    assert.is(told(await doctor(repository)), '')
    repository.remove()
  })
})

describe('the inbox', (it) => {
  const deliver = (repository: TestRepository, name: string, payload: unknown, ageMs: number): void => {
    const path = join(repository.bitloopsHome, 'inbox', 'new', name)
    writeFileSync(path, formatMessage('claude-code', repository.root, Buffer.from(JSON.stringify(payload))))
    makeOld(path, ageMs)
  }
  const start = { hook_event_name: 'SessionStart', session_id: '6a1f2b34-0000-4000-8000-000000000001', source: 'startup' }

  it('where payloads wait and nobody comes is named and drained; nothing is lost', async () => {
    const repository = await makeInitialised()
    deliver(repository, 'old', { ...start, cwd: repository.root, transcript_path: '/nowhere.jsonl' }, 5 * MINUTE)
    writeFileSync(join(repository.bitloopsHome, 'drain.starting'), '')
    makeOld(join(repository.bitloopsHome, 'drain.starting'), 5 * MINUTE)
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    assert.match(told(diagnosis), /1 delivered payload not taken in, the oldest from 5m ago/)
    assert.match(told(diagnosis), /a drain was to be started, and never came/)
    const { mended } = await doctor(repository, '--fix')
    assert.equal(mended, [{ message: 'the inbox: 1 payload taken in', done: true }])
    assert.is(told(await doctor(repository)), '')
    assert.match((await doctor(repository)).checks.find(({ id }) => id === 'live-store')!.message, /1 session,/)
    repository.remove()
  })

  it('with payloads of this moment is fine', async () => {
    const repository = await makeInitialised()
    deliver(repository, 'new', start, 0)
    assert.is(told(await doctor(repository)), '')
    repository.remove()
  })

  it('CAP-17 that set payloads aside tells how many, and why', async () => {
    const repository = await makeInitialised()
    const claude = playClaude(repository)
    await claude.deliver('PostToolUse', '')
    await claude.deliver('PostToolUse', '{"hook_event_name": "Post')
    await repository.waitForIdle()
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    assert.match(told(diagnosis), /warn inbox: 2 payloads made no sense and stayed out: .*empty payload \(1\)/)
    repository.remove()
  })
})

describe('what was found on the way', (it) => {
  it('CAP-18 is listed with counts: unknown tools and lines, transcripts that were replaced', async () => {
    const repository = await makeInitialised()
    await play(repository)
    const now = Date.now()
    changeStore(repository, `INSERT INTO findings (kind, what, detail, count, first_at, last_at) VALUES
      ('tool', 'mcp__files__patch', 'claude-code', 4, ${now}, ${now}), ('line', 'x-new', '', 2, ${now}, ${now}),
      ('transcript-replaced', 'abc', '', 1, ${now}, ${now - 3 * HOUR})`)
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    assert.match(told(diagnosis), /unknown tools: mcp__files__patch \(4\), last just now; files they change are found/)
    assert.match(told(diagnosis), /unknown kinds of transcript lines: x-new \(2\)/)
    assert.match(told(diagnosis), /transcripts replaced by others: abc \(1\), last 3h ago/)
    repository.remove()
  })

  it('CAP-22 STA-03 failures of hooks are told, from the log and from where the log could not be written', async () => {
    const repository = await makeInitialised()
    const at = (ageMs: number): string => new Date(Date.now() - ageMs).toISOString()
    appendFileSync(join(repository.bitloopsHome, 'log'), `${at(30 * 24 * HOUR)}\tdrain\told news\n`, { mode: 0o600 })
    assert.match((await doctor(repository)).checks.find(({ id }) => id === 'log')!.message, /for a week \(the last one 30d ago\)/)
    appendFileSync(join(repository.bitloopsHome, 'log'), `${at(2 * HOUR)}\tpost-commit\tthe database is \u001b[31mlocked\n`)
    const other = join(repository.home, '.local/state/git-bitloops')
    mkdirSync(other, { recursive: true })
    writeFileSync(join(other, 'log'), `${at(5 * MINUTE)}\tagent-hook\ta payload could not be written to the inbox\n`)
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    assert.match(told(diagnosis), /warn log: post-commit failed 2h ago: the database is /)
    assert.match(told(diagnosis), /warn log: agent-hook failed 5m ago: a payload could not be written to the inbox/)
    assert.not.match((await repository.bitloops('doctor')).stdout, /\u001b/)
    repository.remove()
  })
})

describe('sessions', (it) => {
  it('STA-02 that fell silent in a turn, and ended ones with edits in no commit, are named', async () => {
    const repository = await makeInitialised()
    await play(repository)
    const then = Date.now() - 2 * 24 * HOUR
    changeStore(repository, `UPDATE sessions SET open_turn = 't', last_event_at = ${Date.now() - 40 * MINUTE}`)
    assert.match(told(await doctor(repository)), /warn sessions: 1 session in the middle of a turn, but silent: claude-code \w{8} \(40m ago\)/)
    changeStore(repository, `UPDATE sessions SET open_turn = NULL, ended_at = ${then}, last_event_at = ${then}`)
    assert.match(told(await doctor(repository)), /warn sessions: 1 session over, with edits that are in no commit: .* \(2d ago\)/)
    repository.remove()
  })

  it('whose commit no hook saw are named, and the commit gets its checkpoint', async () => {
    const repository = await makeInitialised()
    await play(repository)
    await repository.sh('git add a.txt && git -c core.hooksPath=/dev/null commit --quiet -m Unseen')
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    assert.match(told(diagnosis), /warn missed: HEAD of .* moved unseen/)
    const { mended } = await doctor(repository, '--fix')
    assert.equal(mended, [{ message: 'what no hook told of: 0 sessions found, 1 checkpoint made', done: true }])
    assert.is(told(await doctor(repository)), '')
    assert.is((await repository.bitloops('explain')).code, 0)
    repository.remove()
  })

  it('whose hooks never fired are found by their transcript', async () => {
    const repository = await makeInitialised()
    const claude = playClaude(repository, { noHooks: true })
    await claude.prompt('Write it')
    await claude.write('a.txt', 'one\n')
    await claude.stop('Done.')
    const { mended } = await doctor(repository, '--fix')
    assert.match(mended![0]!.message, /1 session found/)
    assert.equal((await doctor(repository, '--fix')).mended, [])
    repository.remove()
  })
})

describe('checkpoints', (it) => {
  it('that were begun are named and finished', async () => {
    const repository = await makeInitialised()
    const commit = await playAndCommit(repository)
    changeStore(repository, `UPDATE plans SET state = 'written', made_at = made_at - ${MINUTE}`)
    assert.match(told(await doctor(repository)), new RegExp(`warn plans: checkpoint \\w{26} of commit ${commit.slice(0, 10)} was begun`))
    assert.equal((await doctor(repository, '--fix')).mended, [{ message: '1 checkpoint finished', done: true }])
    assert.is(told(await doctor(repository)), '')
    repository.remove()
  })

  it('EXP-07 that a note names, but that are not here, are named; so are those that no note names', async () => {
    const repository = await makeInitialised()
    const commit = await playAndCommit(repository)
    await repository.git('notes', '--ref=bitloops', 'add', '-f', '-m', '01J9Z3NDEKTSV4RRFFQ69G5FAV 00 claude-code · 1 turn', commit)
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 1)
    assert.match(told(diagnosis), /fail notes: checkpoint 01J9Z3NDEKTSV4RRFFQ69G5FAV of commit \w{10} is named by its note, but is not in this clone/)
    assert.match(told(diagnosis), /warn notes: checkpoint \w{26} of commit \w{10} is not in its note/)
    repository.remove()
  })

  it('that are gone from the ref are named, one by one or all at once', async () => {
    const repository = await makeInitialised()
    await playAndCommit(repository)
    const empty = await repository.git('commit-tree', '-m', 'Lost', '4b825dc642cb6eb9a060e54bf8d69288fbee4904')
    await repository.git('update-ref', 'refs/bitloops/checkpoints', empty)
    assert.match(told(await doctor(repository)), /fail checkpoints: checkpoint \w{26} of commit \w{10} is no longer in refs\/bitloops\/checkpoints/)
    await repository.git('update-ref', '-d', 'refs/bitloops/checkpoints')
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 1)
    assert.match(told(diagnosis), /refs\/bitloops\/checkpoints is gone, though 1 checkpoint was made here/)
    repository.remove()
  })

  it('are looked at in a clone too, where none was made', async () => {
    const repository = await makeInitialised()
    await playAndCommit(repository)
    const root = join(repository.sandbox.folder, 'clone')
    await repository.git('clone', '--quiet', repository.root, root)
    const clone = repositoryAt(repository.sandbox, root, join(root, '.git', 'bitloops'))
    await clone.git('fetch', '--quiet', 'origin', 'refs/notes/bitloops:refs/notes/bitloops')
    assert.is((await clone.bitloops('init')).code, 0)
    await clone.git('update-ref', '-d', 'refs/bitloops/checkpoints')
    await clone.git('update-ref', 'refs/bitloops/checkpoints', await clone.git('commit-tree', '-m', 'None', '4b825dc642cb6eb9a060e54bf8d69288fbee4904'))
    assert.match(told(await doctor(clone)), /fail notes: checkpoint \w{26} .* is named by its note, but is not in this clone/)
    await clone.git('fetch', '--quiet', '--force', 'origin', 'refs/bitloops/checkpoints:refs/bitloops/checkpoints')
    assert.is(told(await doctor(clone)), '')
    repository.remove()
  })

  it('leave private refs behind when they are killed: old ones are taken out, those of open plans stay', async () => {
    const repository = await makeInitialised()
    const commit = await playAndCommit(repository)
    const refs = ['01J9Z3NDEKTSV4RRFFQ69G5FAV-0', '01J9Z3NDEKTSV4RRFFQ69G5FAW-0'].map((name) => `refs/bitloops/tmp/${name}`)
    for (const ref of refs) await repository.git('update-ref', ref, commit)
    assert.is(told(await doctor(repository)), '')
    makeOld(join(repository.root, '.git', refs[0]!), 2 * HOUR)
    assert.match(told(await doctor(repository)), /warn leftovers: 1 ref below refs\/bitloops\/tmp/)
    assert.equal((await doctor(repository, '--fix')).mended, [{ message: '1 private ref taken out', done: true }])
    assert.is(await repository.git('for-each-ref', '--format=%(refname)', 'refs/bitloops/tmp'), refs[1])
    repository.remove()
  })
})

describe('DOC-03 fetch and push settings', (it) => {
  it('that endanger notes are named, with how to take them out', async () => {
    const repository = await makeInitialised()
    await repository.git('remote', 'add', 'origin', 'https://user:secret@example.com/x.git')
    await repository.git('config', '--add', 'remote.origin.fetch', '+refs/notes/*:refs/notes/*')
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    const { fix } = problemsOf(diagnosis)[0]!
    assert.is(fix, `git config --fixed-value --unset-all remote.origin.fetch '+refs/notes/*:refs/notes/*'`)
    assert.not.match(JSON.stringify(diagnosis), /secret/)
    await repository.sh(fix!)
    assert.is(told(await doctor(repository)), '')
    repository.remove()
  })
})
