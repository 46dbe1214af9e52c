#!/bin/sh
# What an agent's hook does for git-bitloops:  agent-hook <agent> [<event>]  with the payload on standard input
#
# Agents wait for it at every tool call: it delivers the payload to the inbox (a file written in tmp, then linked into new
# under a name that nobody has) and starts a drain where none is at work. It prints nothing and exits 0 whatever happens.

[ -z "${ZSH_VERSION-}" ] || emulate sh
home=${0%/*}
[ ! -e "$home/disabled" ] || exit 0
case $home in /*) ;; *) home=$PWD/$home ;; esac
umask 077
set -C
agent=$1 event=${2-}
# Some agents run the hooks of others too.
host=${COPILOT_CLI:+copilot}
[ -z "${CURSOR_VERSION-}" ] || host=cursor

# One line for doctor. `date` is a process, but this is the failing case.
log() (
  set +C
  line="$(date -u +%Y-%m-%dT%H:%M:%SZ)	agent-hook	$1"
  { printf '%s\n' "$line" >>"$home/log"; } 2>/dev/null && exit
  state=${XDG_STATE_HOME:-$HOME/.local/state}/git-bitloops
  mkdir -p "$state" && printf '%s\n' "$line" >>"$state/log"
) 2>/dev/null

# No shell has randomness everywhere, process ids repeat, and containers share .git: the next number when a name is taken.
# The group's redirection fails before it reads anything, so that the payload is still there for the next try.
write() {
  number=0 opened= whole=
  while [ -z "$opened" ]; do
    draft=$home/inbox/tmp/$$-$number
    { opened=1; printf 'bitloops-2\0%s\0%s\0%s\0%s\0' "$agent" "${CLAUDE_PROJECT_DIR-}" "$event" "$host" && cat && whole=1
    } >"$draft"
    [ -n "$opened" ] || [ -e "$draft" ] || break
    number=$((number + 1))
  done 2>/dev/null
  [ -n "$whole" ] && return
  [ -z "$opened" ] || rm -f "$draft"
  return 1
}

# Never replaces a file. Where there are no hard links, a rename that does not replace does as well.
# What `git bitloops doctor` tries goes into a folder of its own, and nothing is started for it.
deliver() {
  number=0
  while :; do
    mail=$home/inbox/${BITLOOPS_PROBE:-new}/$$-$number
    [ -e "$mail" ] || ! ln "$draft" "$mail" || break
    if [ ! -e "$mail" ]; then
      mv -n "$draft" "$mail" || return 1
      [ -e "$draft" ] || return 0
    fi
    number=$((number + 1))
  done 2>/dev/null
  rm -f "$draft"
}

# A drain at work keeps the time of its lease in the future.
is_drained() {
  [ -e "$home/drain.lease" ] && [ ! "$mail" -nt "$home/drain.lease" ]
}

# Of a burst of hooks, one starts the drain. A claim that is a minute old was left by a start that was killed.
claim() {
  claimed=
  { claimed=1; } 2>/dev/null >"$home/drain.starting"
  [ -z "$claimed" ] || return 0
  [ -n "$(find "$home/drain.starting" -mmin +1 2>/dev/null)" ] || return 1
  rm -f "$home/drain.starting"
  { claimed=1; } 2>/dev/null >"$home/drain.starting"
  [ -n "$claimed" ]
}

# Away from the agent's streams, folder, terminal and Git variables, and nobody waits for it.
start() {
  node= program=
  [ ! -r "$home/program" ] || { IFS= read -r node; IFS= read -r program; } <"$home/program"
  if [ -x "$node" ] && [ -r "$program" ]; then
    set -- "$node" "$program" drain --home "$home"
  elif command -v git-bitloops >/dev/null 2>&1; then
    set -- git-bitloops drain --home "$home"
  else
    rm -f "$home/drain.starting"
    log 'neither Node nor git-bitloops is where it was: run git bitloops init again'
    return
  fi
  ! command -v setsid >/dev/null 2>&1 || set -- setsid "$@"
  (
    trap '' HUP
    cd /
    unset GIT_DIR GIT_WORK_TREE GIT_COMMON_DIR GIT_INDEX_FILE GIT_PREFIX GIT_OBJECT_DIRECTORY GIT_NAMESPACE \
      GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_QUARANTINE_PATH GIT_CONFIG GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT \
      GIT_SHALLOW_FILE GIT_GRAFT_FILE GIT_CEILING_DIRECTORIES NODE_OPTIONS
    # A drain that came to work took the claim away itself; one that did not must not keep others from starting.
    "$@" || rm -f "$home/drain.starting"
  ) </dev/null >/dev/null 2>&1 &
}

if write && deliver; then
  [ -n "${BITLOOPS_PROBE-}" ] || is_drained || ! claim || start
elif [ -z "${BITLOOPS_PROBE-}" ]; then
  log 'a payload could not be written to the inbox'
fi
exit 0
