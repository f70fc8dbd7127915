#!/bin/sh
# Takes away what install.sh has put there, and nothing else.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/places.sh"

for installed in "$clap/Burnish.clap" "$vst3/Burnish.vst3" "$bin/burnish" \
    "$man"/burnish.1 "$man"/burnish-*.1 "$bash_completions/burnish" \
    "$zsh_completions/_burnish" "$fish_completions/burnish.fish"; do
    if [ -e "$installed" ]; then
        rm -rf "$installed"
        echo "removed $installed"
    fi
done
