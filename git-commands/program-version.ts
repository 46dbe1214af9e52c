// The version of this program, as package.json says it.

import { readFileSync } from 'node:fs'
import { packageRoot } from './io.ts'

export function programVersion(): string {
  const { version } = JSON.parse(readFileSync(`${packageRoot}/package.json`, 'utf8')) as { version: string }
  return version
}
