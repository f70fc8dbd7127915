@echo off
rem Installs the plug-ins for everybody; run it as administrator.
xcopy /Y /I "%~dp0Burnish.clap" "%CommonProgramFiles%\CLAP\" || exit /b 1
xcopy /Y /I /E "%~dp0Burnish.vst3" "%CommonProgramFiles%\VST3\Burnish.vst3\" || exit /b 1
echo Rescan the plug-ins in your host; uninstall.cmd takes them away again.
