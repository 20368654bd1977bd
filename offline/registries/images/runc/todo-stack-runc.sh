#!/bin/sh
# Stands before runc on a machine whose root lacks CAP_SYS_RESOURCE: takes out of the container's configuration what
# runc could then not grant, and runs runc. With the capability it changes nothing.
# Beside it lies `runc.real`, where it took runc's place; else runc is the one on PATH.
set -eu

real=$(dirname "$0")/runc.real
[ -x "$real" ] || real=$(command -v runc)

bounding=$(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/self/status)
if [ $((0x$bounding >> 24 & 1)) = 1 ]; then exec "$real" "$@"; fi

# mend FILE FILTER: applies a jq filter to a file in place, keeping its inode, owner and mode.
mend() {
  limit=$(awk '/^Max open files/ { print $5 }' /proc/self/limits)
  [ "$limit" != unlimited ] || limit=1048576
  # shellcheck disable=SC2016 # variables of jq
  mended=$(jq --compact-output --argjson score "$(cat /proc/self/oom_score_adj)" --argjson limit "$limit" '
    def mended:
      if .capabilities then .capabilities |= map_values(if type == "array" then . - ["CAP_SYS_RESOURCE"] else . end) else . end
      | if .oomScoreAdj != null and .oomScoreAdj < $score then .oomScoreAdj = $score else . end
      | if .rlimits then .rlimits |= map(
          if .type == "RLIMIT_NOFILE" then .hard = ([.hard, $limit] | min) | .soft = ([.soft, $limit] | min)
          elif IN(.type; "RLIMIT_NPROC", "RLIMIT_CORE", "RLIMIT_MEMLOCK") then empty else . end) else . end;
    '"$2" "$1")
  printf '%s\n' "$mended" > "$1"
}

bundle='' process='' previous=''
for argument in "$@"; do
  case $previous in
    --bundle | -b) bundle=$argument ;;
    --process | -p) process=$argument ;;
  esac
  previous=$argument
done

if [ -f "$bundle/config.json" ]; then mend "$bundle/config.json" '.process |= mended'; fi
if [ -f "$process" ]; then mend "$process" mended; fi
exec "$real" "$@"
