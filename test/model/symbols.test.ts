// Symbols touched, from lines.

import * as assert from 'uvu/assert'
import { findSymbols } from '../../src/model/symbols.ts'
import { describe } from '../support/suite.ts'

const namesIn = (added: string[], headings: string[] = []): string[] =>
  findSymbols([{ path: 'f', added, removed: [], headings, binary: false }]).map(({ name }) => name)

describe('findSymbols', (it) => {
  const definitions: readonly (readonly [string, string])[] = [
    ['export async function login(user: string) {', 'login'], ['export const logout = async (x) => {', 'logout'],
    ['  class Überblick extends Base {', 'Überblick'], ['pub(crate) fn parse(s: &str) -> T {', 'parse'],
    ['def find_user(name):', 'find_user'], ['func (s *Server) Serve() error {', 'Serve'],
    ['export interface Options {', 'Options'], ['type Id = string', 'Id'],
  ]
  for (const [line, name] of definitions) {
    it(`sees ${name} in: ${line}`, () => { assert.equal(namesIn([line]), [name]) })
  }
  it('believes git\'s headings, also of C', () => {
    assert.equal(namesIn([], ['static int read_tree(struct tree *t)', 'export function login() {']),
      ['read_tree', 'login'])
  })
  it('invents nothing', () => {
    assert.equal(namesIn([
      'const x = 5', 'if (function_call(y)) {', '// class of problems', 'return type', 'the function is good',
    ]), [])
  })
  it('names each once', () => { assert.equal(namesIn(['function a() {', 'function a() {']), ['a']) })
})
