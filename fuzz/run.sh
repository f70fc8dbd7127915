#!/bin/sh
# run.sh TARGET SECONDS [options of libFuzzer...]: fuzzes one reader. See docs/fuzzing.md.
set -eu
cd "$(dirname "$0")"
target=$1 seconds=$2
shift 2
[ -d seeds ] || ./seeds.sh
mkdir -p "corpus/$target"
features=
[ "$target" = state ] && features="--features plugin"
# The address checks keep what was freed for a while; that is not the reader's memory.
export ASAN_OPTIONS=quarantine_size_mb=16:detect_leaks=0
# shellcheck disable=SC2086
exec nice -n 19 cargo +nightly fuzz run $features "$target" "corpus/$target" "seeds/$target" -- \
    -max_len=12000 -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=512 -dict=readers.dict \
    -max_total_time="$seconds" -print_final_stats=1 "$@"
