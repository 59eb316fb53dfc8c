#!/usr/bin/env bash
# Makes banli-VERSION.backup beside this script: a data folder with the demo, as this version writes it. Run it once
# before a release, and never change a file of an earlier one: the tests restore, upgrade and audit every one of them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
banli=$here/../../../bin/banli
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
"$banli" --data "$data/data" migrate
"$banli" --data "$data/data" manage shell -v 0 -c \
  "from banli.cases import packs; from banli.config import demo; packs.load_all(); demo.load()"
BANLI_PASSPHRASE="a long enough passphrase" "$banli" --data "$data/data" backup "$here/banli-$1.backup"
if [[ -f $data/data/postgres-place ]]; then rm -r "$(cat "$data/data/postgres-place")"; fi
