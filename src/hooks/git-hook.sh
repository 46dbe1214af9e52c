#!/bin/sh
# What a Git hook does for git-bitloops:  git-hook <hook> [<the hook's arguments>]
#
# Installed hooks source it in a subshell with all streams on /dev/null (bitloops_home is set then); others may start
# it. Builtins only, until there is something to do: a rebase runs post-commit once for each pick. It never speaks, and
# nobody looks at its exit code.

[ -z "${ZSH_VERSION-}" ] || emulate sh
bitloops_home=${bitloops_home:-${0%/*}}
bitloops_hook=$1
shift

# One line for doctor. `date` is a process, but this is the failing case.
log() (
  umask 077
  line="$(date -u +%Y-%m-%dT%H:%M:%SZ)	$bitloops_hook	$1"
  { printf '%s\n' "$line" >>"$bitloops_home/log"; } 2>/dev/null && exit
  state=${XDG_STATE_HOME:-$HOME/.local/state}/git-bitloops
  mkdir -p "$state" && printf '%s\n' "$line" >>"$state/log"
)

# The user's command waits for the program: it bounds itself, and `timeout` stands behind it where there is one.
start() {
  node= program=
  [ ! -r "$bitloops_home/program" ] || { IFS= read -r node; IFS= read -r program; } <"$bitloops_home/program"
  if [ -x "$node" ] && [ -r "$program" ]; then
    set -- "$node" "$program" "$@"
  elif command -v git-bitloops >/dev/null 2>&1; then
    set -- git-bitloops "$@"
  else
    log 'neither Node nor git-bitloops is where it was: run git bitloops init again'
    return
  fi
  ! command -v timeout >/dev/null 2>&1 || set -- timeout -s KILL 6 "$@"
  "$@" </dev/null >/dev/null 2>&1 || log "git-bitloops ended with exit code $?"
}

# `git -c bitloops.enabled=false commit`: in quotes of Git, before 2.31 in another way than since.
switched_off() {
  case ${BITLOOPS_ENABLED-} in false|no|off|0) return 0 ;; esac
  case ${GIT_CONFIG_PARAMETERS-} in
    *"'"[Bb]itloops.[Ee]nabled*)
      for no in false no off 0; do
        case $GIT_CONFIG_PARAMETERS in *nabled"'='$no'"*|*nabled="$no'"*) return 0 ;; esac
      done ;;
  esac
  return 1
}

under_rebase() {
  [ -d "${GIT_DIR:-.git}/rebase-merge" ] || [ -d "${GIT_DIR:-.git}/rebase-apply" ]
}

work_waits() {
  for file in "$bitloops_home"/inbox/new/*; do
    [ ! -e "$file" ] || return 0
    break
  done
  agent=${CLAUDECODE-}${CLAUDE_CODE_SESSION_ID-}${CODEX_SESSION_ID-}
  agent=$agent${COPILOT_AGENT_SESSION_ID-}${OPENCODE-}${GEMINI_CLI-}
  [ -n "$agent" ] || [ -e "$bitloops_home/pending" ] || [ -e "$bitloops_home/plans-open" ]
}

# `git worktree add` alone gives an old commit of zeros and no GIT_DIR, although .git is a file there.
in_new_worktree() {
  case $1 in *[!0]*) return 1 ;; esac
  [ -z "${GIT_DIR-}" ] && [ -f .git ]
}

# `git bitloops doctor` asks whether a hook comes this far.
if [ -n "${BITLOOPS_PROBE-}" ]; then : >"$bitloops_home/inbox/$BITLOOPS_PROBE/$bitloops_hook"; exit 0; fi

# Our own Git calls set BITLOOPS_INSIDE.
if [ -n "${BITLOOPS_INSIDE-}" ] || [ -e "$bitloops_home/disabled" ] || switched_off; then exit 0; fi

case $bitloops_hook in
  post-commit) if work_waits && ! under_rebase; then start promote HEAD --hook; fi ;;
  post-checkout) if in_new_worktree "$1"; then start hook worktree; fi ;;
esac
exit 0
