# Where things go; read by install.sh and uninstall.sh.
data=${XDG_DATA_HOME:-$HOME/.local/share}
config=${XDG_CONFIG_HOME:-$HOME/.config}
if [ "$(uname)" = Darwin ]; then
    clap=$HOME/Library/Audio/Plug-Ins/CLAP
    vst3=$HOME/Library/Audio/Plug-Ins/VST3
else
    clap=$HOME/.clap
    vst3=$HOME/.vst3
fi
bin=$HOME/.local/bin
man=$data/man/man1
bash_completions=$data/bash-completion/completions
zsh_completions=$data/zsh/site-functions
fish_completions=$config/fish/completions
