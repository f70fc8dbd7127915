@echo off
rem Takes away what install.cmd has put there; run it as administrator.
if exist "%CommonProgramFiles%\CLAP\Burnish.clap" del "%CommonProgramFiles%\CLAP\Burnish.clap"
if exist "%CommonProgramFiles%\VST3\Burnish.vst3" rmdir /S /Q "%CommonProgramFiles%\VST3\Burnish.vst3"
