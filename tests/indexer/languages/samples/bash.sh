#!/usr/bin/env bash
# Deploys a release.
set -euo pipefail

readonly MAX_RETRIES=3
export TARGET_DIR="${TARGET_DIR:-/srv/app}"
declare -A hosts=([web]=1 [db]=2)

# Prints to stderr.
log() {
  printf '%s\n' "$*" >&2
}

# Copies a release,
# retrying when the network fails.
function deploy_release {
  local release="$1" attempt
  for ((attempt = 0; attempt < MAX_RETRIES; attempt++)); do
    if rsync -a "$release/" "$TARGET_DIR"; then
      log "deployed $(basename "$release")"
      return 0
    fi
  done
  cat <<-EOF | sed 's/^/> /'
	failed: ${release##*/}
	EOF
  return 1
}

function cleanup() { rm -rf "${tmp:?}"; }

trap cleanup EXIT
[[ "${1-}" == -h ]] && { usage; exit 0; }
deploy_release "$@"
