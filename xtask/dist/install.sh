#!/bin/sh
# Installs Burnish for the person who runs this; nothing of the system is touched.
# `./install.sh PLUGINS_ONLY` leaves the program, its man pages and completions out.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/places.sh"

put() { # FROM TO: in place of what was there
    mkdir -p "$(dirname "$2")"
    rm -rf "$2"
    cp -R "$1" "$2"
    echo "installed $2"
}

put "$here/Burnish.clap" "$clap/Burnish.clap"
put "$here/Burnish.vst3" "$vst3/Burnish.vst3"
if [ "${1:-}" != PLUGINS_ONLY ]; then
    put "$here/burnish" "$bin/burnish"
    for page in "$here"/man/*.1; do
        put "$page" "$man/$(basename "$page")"
    done
    put "$here/completions/burnish.bash" "$bash_completions/burnish"
    put "$here/completions/_burnish" "$zsh_completions/_burnish"
    put "$here/completions/burnish.fish" "$fish_completions/burnish.fish"
fi
echo "Rescan the plug-ins in your host; ./uninstall.sh takes everything away again."
