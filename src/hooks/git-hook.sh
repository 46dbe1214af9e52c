#!/bin/sh
# What a Git hook does for git-bitloops:  git-hook <hook> [<the hook's arguments>]
#
# Installed hooks source it in a subshell with all streams on /dev/null (bitloops_home is set then; post-rewrite keeps its
# input, pre-push its stderr); others may start it. Builtins only, until there is something to do: a rebase runs
# post-commit once for each pick. Only before a push it may say one line, and nobody looks at its exit code.

[ -z "${ZSH_VERSION-}" ] || emulate sh
bitloops_home=${bitloops_home:-${0%/*}}
bitloops_hook=$1
shift
git_dir=${GIT_DIR:-.git}
common_dir=${bitloops_home%/*}

# Sets `head` to the commit that HEAD leads to.
read_head() {
  head=
  IFS= read -r head <"$git_dir/HEAD"
  case $head in
    'ref: '*) ref=${head#ref: }; head=; [ ! -r "$common_dir/$ref" ] || IFS= read -r head <"$common_dir/$ref" ;;
  esac
  # Refs that are not files.
  case $head in ''|*[!0-9a-f]*) head=$(BITLOOPS_INSIDE=1 git rev-parse HEAD) ;; esac
}

# What happens inside a rebase is written into the rebase's own folder, which Git takes away with it, also by --abort.
# The source of a pick is in CHERRY_PICK_HEAD; after a conflict, and at a stop, in the last line of `done`.
remember_step() {
  read_head
  if [ -r "$git_dir/CHERRY_PICK_HEAD" ]; then
    IFS= read -r source <"$git_dir/CHERRY_PICK_HEAD"
    printf 'pick %s %s\n' "$head" "$source"
  else
    printf 'made %s %s\n' "$head" "$(tail -n 1 "$git_dir/rebase-merge/done")"
  fi >>"$git_dir/rebase-merge/bitloops"
}

# First of all, for sh reads no further: a rebase comes here for each of its commits.
if [ "$bitloops_hook" = post-commit ] && [ -d "$git_dir/rebase-merge" ] && [ -z "${BITLOOPS_PROBE-}" ]; then
  remember_step
  exit 0
fi

exec 3>/dev/null

# One line for doctor. `date` is a process, but this is the failing case.
log() (
  umask 077
  line="$(date -u +%Y-%m-%dT%H:%M:%SZ)	$bitloops_hook	$1"
  { printf '%s\n' "$line" >>"$bitloops_home/log"; } 2>/dev/null && exit
  state=${XDG_STATE_HOME:-$HOME/.local/state}/git-bitloops
  mkdir -p "$state" && printf '%s\n' "$line" >>"$state/log"
)

# The user's command waits for the program: it bounds itself, and `timeout` stands behind it where there is one.
limit=6
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
  ! command -v timeout >/dev/null 2>&1 || set -- timeout -s KILL "$limit" "$@"
  BITLOOPS_HOOK_HOME=$bitloops_home "$@" </dev/null >/dev/null 2>&3 || log "git-bitloops ended with exit code $?"
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

work_waits() {
  for file in "$bitloops_home"/inbox/new/*; do
    [ ! -e "$file" ] || return 0
    break
  done
  agent=${CLAUDECODE-}${CLAUDE_CODE_SESSION_ID-}${CODEX_SESSION_ID-}
  agent=$agent${COPILOT_AGENT_SESSION_ID-}${OPENCODE-}${GEMINI_CLI-}
  [ -n "$agent" ] || [ -e "$bitloops_home/pending" ] || [ -e "$bitloops_home/plans-open" ]
}

has_checkpoints() {
  [ -e "$common_dir/refs/bitloops/checkpoints" ] || [ -d "$common_dir/reftable" ] ||
    { [ -r "$common_dir/packed-refs" ] && grep -q ' refs/bitloops/checkpoints$' "$common_dir/packed-refs"; }
}

# commit-msg sees what post-commit no longer can: whence a pick with a conflict came, and what `merge --squash` brought.
# It is not run for clean picks, which must not pay for it, nor with --no-verify: then `merge` tells to look for evidence.
remember_sources() {
  if [ -r "$git_dir/CHERRY_PICK_HEAD" ] || [ -r "$git_dir/SQUASH_MSG" ] || [ -s "$git_dir/bitloops-sources" ]; then
    if [ -r "$git_dir/CHERRY_PICK_HEAD" ]; then
      IFS= read -r source <"$git_dir/CHERRY_PICK_HEAD"
      printf 'pick %s\n' "$source"
    elif [ -r "$git_dir/SQUASH_MSG" ]; then
      while IFS= read -r line; do
        case $line in 'commit '*) printf '%s %s\n' "$1" "${line#commit }" ;; esac
      done <"$git_dir/SQUASH_MSG"
    fi >"$git_dir/bitloops-sources"
  fi
}

# Of picks or reverts in a row, the file still begins with the current one, and nobody tells when the last is done.
is_last_pick() {
  second=
  [ ! -r "$git_dir/sequencer/todo" ] || { IFS= read -r first; IFS= read -r second; } <"$git_dir/sequencer/todo"
  [ -z "$second" ]
}

after_commit() {
  [ ! -d "$git_dir/rebase-apply" ] || return
  how=made source=-
  [ ! -s "$git_dir/bitloops-sources" ] || IFS=' ' read -r how source <"$git_dir/bitloops-sources"
  [ ! -r "$git_dir/CHERRY_PICK_HEAD" ] || { how=pick; IFS= read -r source <"$git_dir/CHERRY_PICK_HEAD"; }
  work_waits || has_checkpoints || return
  moves=
  if [ "$how" != pick ] && [ -r "$git_dir/logs/HEAD" ]; then moves=$(tail -n 2 "$git_dir/logs/HEAD"); fi
  # post-rewrite follows an amend.
  case ${moves##*"$newline"} in *"$tab"'commit (amend)'*) return ;; esac
  if [ "$how" = pick ] || [ -r "$git_dir/sequencer/todo" ]; then
    read_head
    printf '%s %s %s\n' "$how" "$head" "$source" >>"$git_dir/bitloops-picked"
    [ ! -s "$git_dir/bitloops-sources" ] || : >"$git_dir/bitloops-sources"
    if is_last_pick; then start settle pick; fi
    return
  fi
  # After a reset the commit may hold again what others held; so may a pick or a squash that commit-msg did not see.
  case $how${moves%"$newline"*} in
    squash*|merge*|*"$tab"'reset: '*) moves= how=derived ;;
  esac
  case $how${moves##*"$newline"} in
    derived*|*"$tab"'cherry-pick: '*) if has_checkpoints; then start settle commit; return; fi ;;
  esac
  if work_waits; then start promote HEAD --hook; fi
}

# The pairs of a rewrite, with what its folder tells: it is gone a moment later, and the program may fail.
after_rewrite() {
  if [ "$1" = amend ] && [ -d "$git_dir/rebase-merge" ]; then
    # Not final: a reword, a squash, or the user at a stop.
    sed 's/^/amend /' >>"$git_dir/rebase-merge/bitloops"
    return
  fi
  has_checkpoints || work_waits || return
  {
    printf 'rewrite %s\n' "$1"
    sed 's/^/pair /'
    for state in "$git_dir/rebase-merge" "$git_dir/rebase-apply"; do
      # With several files, grep puts the name before each line.
      if [ "$1" = rebase ] && [ -d "$state" ]; then (cd "$state" && grep '' onto orig-head done bitloops); fi
    done
    printf 'end\n'
  } >>"$git_dir/bitloops-rewritten"
  limit=11
  start settle "$1"
}

# Git does not tell of `--dry-run`: the program looks at the words of the process that runs the hook.
before_push() {
  [ -e "$bitloops_home/push-queued" ] || return
  exec 3>&2 2>/dev/null
  limit=3
  start hook pre-push "$PPID" "$1"
}

# A pull may have brought checkpoints, beside ours.
after_merge() {
  [ -d "$common_dir/refs/bitloops/remotes" ] || [ -d "$common_dir/reftable" ] || return
  if [ "$git_dir/FETCH_HEAD" -nt "$bitloops_home/push-state.json" ]; then start hook post-merge; fi
}

tab='	' newline='
'

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
  commit-msg) [ -d "$git_dir/rebase-merge" ] || [ -d "$git_dir/rebase-apply" ] || remember_sources squash ;;
  post-commit) after_commit ;;
  post-rewrite) after_rewrite "$1" ;;
  post-merge) [ "$1" != 1 ] || remember_sources merge; after_merge ;;
  pre-push) before_push "$1" ;;
  post-checkout) if in_new_worktree "$1"; then start hook worktree; fi ;;
esac
exit 0
