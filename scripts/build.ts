// node --import tsx scripts/build.ts [--readme]
//
// Builds dist/: the program in one file, each third-party package in a file of its own that is loaded when it is
// needed, the hook scripts, the man page and shell completion. With --readme also the table of commands in README.md.
//
// CommonJS, because Node starts it faster than modules; the program's own code is one file, because opening files costs
// more than parsing what is not run.

import { build } from 'esbuild'
import type { Plugin } from 'esbuild'
import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { COMMANDS } from '../git-commands/cli.ts'
import { SHELLS, formatCompletion } from '../src/model/completion.ts'
import { formatManPage } from '../src/model/man-page.ts'
import { formatCommandTable } from '../src/model/usage.ts'

const root = dirname(import.meta.dirname)
/** Made beside it and moved into place when all is done: a build that fails leaves the old one. */
const dist = join(root, 'dist.new')
const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as
  { version: string; dependencies: Readonly<Record<string, string>> }

/** It is compiled for the machine and finds its binary beside itself. */
const NATIVE = ['better-sqlite3']
const bundled = Object.keys(dependencies).filter((name) => !NATIVE.includes(name))
const fileOf = (name: string): string => `${name.replace(/^@/, '').replaceAll('/', '-')}.js`

const shared = {
  bundle: true, platform: 'node', target: 'node20', legalComments: 'none', minify: true, logLevel: 'warning',
  absWorkingDir: root,
} as const

/** `import('cac')` becomes `require('./vendor/cac.js')`. */
const vendor: Plugin = {
  name: 'vendor',
  setup(builder) {
    builder.onResolve({ filter: /^[^./]/ }, ({ path }) =>
      bundled.includes(path) ? { path: `./vendor/${fileOf(path)}`, external: true } : undefined)
  },
}

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist)
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n')

await Promise.all([
  build({
    ...shared, entryPoints: ['git-commands/main.ts'], outfile: 'dist.new/git-bitloops.js', format: 'cjs',
    external: NATIVE, plugins: [vendor],
    banner: { js: '#!/usr/bin/env node' },
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
    // `require` spares starting the loader of modules.
    supported: { 'dynamic-import': false },
  }),
  ...bundled.map((name) => build({
    ...shared, entryPoints: [name], outfile: `dist.new/vendor/${fileOf(name)}`, format: 'cjs',
    // The CommonJS form of some packages asks for its own files in a way that cannot be followed.
    mainFields: ['module', 'main'],
  })),
  build({
    ...shared, entryPoints: ['src/index.ts'], outfile: 'dist.new/index.mjs', format: 'esm', packages: 'external',
    minify: false,
  }),
])
chmodSync(join(dist, 'git-bitloops.js'), 0o755)

cpSync(join(root, 'src', 'hooks'), join(dist, 'hooks'), { recursive: true })
mkdirSync(join(dist, 'man'))
writeFileSync(join(dist, 'man', 'git-bitloops.1'), formatManPage(COMMANDS, version))
mkdirSync(join(dist, 'completion'))
for (const shell of SHELLS) {
  writeFileSync(join(dist, 'completion', `git-bitloops.${shell}`), formatCompletion(shell, COMMANDS))
}

if (process.argv.includes('--readme')) {
  const path = join(root, 'README.md')
  const table = `<!-- commands -->\n${formatCommandTable(COMMANDS)}\n<!-- /commands -->`
  writeFileSync(path, readFileSync(path, 'utf8').replace(/<!-- commands -->[^]*<!-- \/commands -->/, table))
}

rmSync(join(root, 'dist'), { recursive: true, force: true })
renameSync(dist, join(root, 'dist'))
