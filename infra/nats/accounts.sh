#!/bin/sh
# Makes an operator, an account with JetStream limits and least-privilege users with nsc, from the permission lists in permissions.tsv,
# and writes auth.conf (for single.conf and cluster.conf) and creds/<user>.creds into the working directory. Repeated, it adds
# the users that are missing and writes both again.
#
#   accounts.sh [permissions.tsv]
#
# Lists for your own subjects and clusters: ccingest auth permissions --producer fritz alex > permissions.tsv
# To refuse a user:   nsc delete user --account CC --name producer-fritz --revoke, then this, then have the servers reload.
# Settings: OPERATOR (cc-ingest), ACCOUNT (CC), MAX_DISK (16G), MAX_MEMORY (64M), MAX_STREAMS (4), MAX_CONSUMERS (32)
set -eu

table=${1:-$(dirname "$0")/permissions.tsv}
operator=${OPERATOR:-cc-ingest}
account=${ACCOUNT:-CC}
tab=$(printf '\t')

command -v nsc > /dev/null || { echo "nsc is not in PATH: see https://github.com/nats-io/nsc" >&2; exit 1; }
[ -r "$table" ] || { echo "$table can't be read: name a table of permissions" >&2; exit 2; }

subjects() { # of a user ($1) and a kind ($2), with commas between
  awk -F "$tab" -v user="$1" -v kind="$2" '$1 == user && $2 == kind { printf "%s%s", comma, $3; comma = "," }' "$table"
}

allow_or_deny() { # --allow-pub and its subjects, or --deny-pub of everything
  list=$(subjects "$2" "$1")
  if [ -n "$list" ]; then echo "--allow-$1=$list"; else echo "--deny-$1=>"; fi
}

nsc describe operator --name "$operator" > /dev/null 2>&1 || nsc add operator --name "$operator" --sys
if ! nsc describe account --name "$account" > /dev/null 2>&1; then
  nsc add account --name "$account"
  # An account that is full refuses messages, and plain publishers are not told: every stream must say how large it may become.
  nsc edit account --name "$account" --js-disk-storage "${MAX_DISK:-16G}" --js-mem-storage "${MAX_MEMORY:-64M}" \
    --js-streams "${MAX_STREAMS:-4}" --js-consumer "${MAX_CONSUMERS:-32}" --js-max-bytes-required
fi

mkdir -p creds
chmod 700 creds
for user in admin $(cut -f 1 "$table" | sort -u); do
  if ! nsc describe user --account "$account" --name "$user" > /dev/null 2>&1; then
    set -- --account "$account" --name "$user"
    if [ "$user" != admin ]; then
      set -- "$@" "$(allow_or_deny pub "$user")" "$(allow_or_deny sub "$user")"
      [ -z "$(subjects "$user" resp)" ] || set -- "$@" --allow-pub-response
    fi
    nsc add user "$@"
  fi
  (umask 077 && nsc generate creds --account "$account" --name "$user" > "creds/$user.creds")
done
nsc generate config --mem-resolver --config-file auth.conf --force
