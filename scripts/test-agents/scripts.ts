// What the stand-ins for the models answer: the same work for every agent.

import type { AgentName } from '../../src/model/ids.ts'
import type { Answers, Prompt } from './client.ts'

const CREATED = 'export function verifyToken(token: string): boolean {\n  return token.length > 3;\n}\n'

/** Create, edit, read, shell, commit; then the same session again: edit and commit. */
export const WORK: { readonly prompts: readonly Prompt[]; readonly turns: readonly Answers[] } = {
  prompts: [
    { prompt: 'Add token auth to this project and commit it' },
    { prompt: 'Please verify that expired tokens are rejected', resume: 0 },
  ],
  turns: [
    { match: 'verify', steps: [
      { reasoning: 'The expiry check is missing; I will add it.', text: 'Adding an expiry check.', edit: {
        path: 'src/auth.ts', old: '  return token.length > 10;\n',
        new: '  return token.length > 10 && !token.endsWith("expired");\n',
      } },
      { shell: "git add -A && git commit -q -m 'Reject expired tokens'" },
      { text: 'Expired tokens are now rejected, and the change is committed.' },
    ] },
    { steps: [
      { reasoning: 'First I look at what is there.', text: 'Let me look first.', shell: 'mkdir -p src && ls -la' },
      { reasoning: 'There is no auth module yet.', text: 'I will create the auth module.',
        create: { path: 'src/auth.ts', content: CREATED } },
      { text: 'Tightening the length check.', edit: {
        path: 'src/auth.ts', old: '  return token.length > 3;\n', new: '  return token.length > 10;\n',
      } },
      { text: 'Reading it back.', read: 'src/auth.ts' },
      { shell: "git add -A && git commit -q -m 'Add token auth'" },
      { text: 'Added src/auth.ts with verifyToken, and committed it.' },
    ] },
  ],
}

const write = (name: string, input: object): object => ({ type: 'tool_use', name, input })

/** The same as `WORK`, as the driver of Claude Code wants it. */
export const CLAUDE_WORK = {
  runs: [
    { name: 'first', prompt: WORK.prompts[0]!.prompt, remember: 'SID',
      args: ['--permission-mode', 'acceptEdits', '--allowedTools', 'Bash', '--output-format', 'json'] },
    { name: 'second', prompt: WORK.prompts[1]!.prompt,
      args: ['--resume', '${SID}', '--permission-mode', 'acceptEdits', '--allowedTools', 'Bash'] },
  ],
  rules: [
    { name: 'first', match: { prompt: 'Add token auth' }, steps: [
      [{ type: 'thinking', thinking: 'First I look at what is there.' }, 'Let me look first.',
        write('Bash', { command: 'mkdir -p src && ls -la', description: 'Look' })],
      ['I will create the auth module.', write('Write', { file_path: '{{cwd}}/src/auth.ts', content: CREATED })],
      ['Tightening the length check.', write('Edit', { file_path: '{{cwd}}/src/auth.ts',
        old_string: 'token.length > 3', new_string: 'token.length > 10' })],
      ['Reading it back.', write('Read', { file_path: '{{cwd}}/src/auth.ts' })],
      [write('Bash', { command: "git add -A && git commit -q -m 'Add token auth'", description: 'Commit' })],
      ['Added src/auth.ts with verifyToken, and committed it.'],
    ] },
    { name: 'second', match: { prompt: 'verify' }, steps: [
      [{ type: 'thinking', thinking: 'The expiry check is missing.' }, 'Adding an expiry check.',
        write('Edit', { file_path: '{{cwd}}/src/auth.ts', old_string: 'token.length > 10',
          new_string: 'token.length > 10 && !token.endsWith("expired")' })],
      [write('Bash', { command: "git add -A && git commit -q -m 'Reject expired tokens'", description: 'Commit' })],
      ['Expired tokens are now rejected, and the change is committed.'],
    ] },
  ],
}

/** An edit that nobody commits: it waits for the user. */
export const draftOf = (path: string): { readonly prompts: readonly Prompt[]; readonly turns: readonly Answers[] } => ({
  prompts: [{ prompt: `Write ${path}` }],
  turns: [{ steps: [
    { text: `I will write ${path}.`, create: { path, content: `export const name = '${path}';\n` } },
    { text: `${path} is written.` },
  ] }],
})

const CHILD: Answers = { match: 'child task', steps: [
  { text: 'Child at work.', create: { path: 'child.ts', content: 'export const child = true;\n' } },
  { text: 'Child finished.' },
] }

/** How each agent's model hands work to a subagent; Gemini's subagents may not write, so that it only looks. */
export const DELEGATE: Readonly<Record<Exclude<AgentName, 'cursor' | 'claude-code'>, {
  readonly turns: readonly Answers[]; readonly args?: readonly string[]; readonly writes: boolean
}>> = {
  codex: { writes: true, args: ['--enable', 'multi_agent_v2'], turns: [CHILD, { match: 'delegate', steps: [
    { text: 'Delegating.', tool: { name: 'spawn_agent',
      args: { task_name: 'child_one', message: 'Please do the child task now', fork_turns: 'none' } } },
    { text: 'Waiting.', tool: { name: 'wait_agent', args: { timeout_ms: 10000 } } },
    { text: 'Parent done.', delay_ms: 1500 },
  ] }] },
  copilot: { writes: true, turns: [CHILD, { match: 'delegate', steps: [
    { text: 'Delegating.', tool: { name: 'task', args: {
      description: 'Do the child task', prompt: 'Please do the child task now', agent_type: 'general-purpose',
      name: 'child-one', mode: 'sync',
    } } },
    { text: 'Parent done.' },
  ] }] },
  gemini: { writes: false, turns: [
    { match: 'child task', steps: [
      { text: 'Child at work.', shell: 'ls' },
      { tool: { name: 'complete_task', args: { result: 'Child finished.',
        report: { SummaryOfFindings: 'Child finished.', ExplorationTrace: [], RelevantLocations: [] } } } },
      { text: 'Child finished.' },
    ] },
    { match: 'delegate', steps: [
      { text: 'Delegating.', tool: { name: 'invoke_agent',
        args: { agent_name: 'generalist', prompt: 'Please do the child task now' } } },
      { text: 'Parent done.' },
    ] },
  ] },
  opencode: { writes: true, turns: [CHILD, { match: 'delegate', steps: [
    { text: 'Delegating.', tool: { name: 'task', args: {
      description: 'Do the child task', prompt: 'Please do the child task now', subagent_type: 'general',
    } } },
    { text: 'Parent done.' },
  ] }] },
}
