// A disk that is full or read-only below the live store, or below all of .git: hook and commit go on as without us.
// Needs to mount small file systems; where that is not allowed, it says so and skips.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { makeInitialised } from './support/repository.ts'
import { describe } from './support/suite.ts'
import { playStart } from './support/turn.ts'

const sh = (script: string): void => { execFileSync('/bin/sh', ['-c', script], { stdio: 'ignore' }) }

function mayMount(): boolean {
  try {
    sh('d=$(mktemp -d) && mount -t tmpfs -o size=64k none "$d" && umount "$d" && rmdir "$d"')
    return true
  } catch {
    return false
  }
}

/** Puts a small file system with the same content over a folder while `work` runs. */
async function over(folder: string, state: 'full' | 'read-only', work: () => Promise<void>): Promise<void> {
  sh(`cp -a '${folder}' '${folder}.copy'; mount -t tmpfs -o size=700k none '${folder}'
    cp -a '${folder}.copy/.' '${folder}/'`)
  try {
    if (state === 'full') sh(`dd if=/dev/zero of='${folder}/fill' bs=1k || true`)
    else sh(`mount -o remount,ro '${folder}'`)
    await work()
  } finally {
    sh(`umount -l '${folder}'`)
  }
}

describe('a disk', (it) => {
  const may = mayMount()
  if (!may) console.log('skip: mounting a small file system is not allowed here')
  const state = may ? it : it.skip
  for (const disk of ['full', 'read-only'] as const) {
    state(`CAP-22 that is ${disk} below the live store harms neither hook nor commit; doctor tells`, async () => {
      const repository = await makeInitialised()
      const claude = await playStart(repository)
      await repository.waitForIdle()
      await over(repository.bitloopsHome, disk, async () => {
        // The player fails when a hook does not exit 0 in silence.
        await claude.prompt('Write a')
        await claude.write('a.txt', 'a\n')
        const { code, stdout, stderr } = await repository.sh('git add a.txt && git commit -m "Add a"')
        assert.equal([code, stderr], [0, ''])
        const plain = /^\[main [0-9a-f]+\] Add a\n 1 file changed, 1 insertion\(\+\)\n create mode 100644 a.txt\n$/
        assert.match(stdout, plain)
        const doctor = await repository.bitloops('doctor')
        assert.is(doctor.code, 1)
        assert.match(doctor.output, 'agent-hook failed')
      })
    })
  }

  state('CAP-22 that is read-only below all of .git leaves git\'s own answer', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    await repository.waitForIdle()
    await over(join(repository.root, '.git'), 'read-only', async () => {
      await claude.prompt('Write a')
      await claude.write('a.txt', 'a\n')
      const { code, output } = await repository.sh('git add a.txt')
      assert.is(code, 128)
      assert.match(output, 'Read-only file system')
    })
  })
})
