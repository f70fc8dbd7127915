"""Renders a mix through the VST3 in pedalboard and through `burnish master`; both must be equal to the bit.

usage: pedalboard_equals_master.py BURNISH.vst3 BURNISH MIX
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
from pedalboard import load_plugin
from pedalboard.io import AudioFile

CASES = [
    {},
    {"limiter.on": "On", "limiter.gain": "9 dB"},
    {"limiter.on": "On", "limiter.gain": "12 dB", "limiter.character": "Loud", "limiter.ceiling": "-0.3 dBTP"},
    {
        "trim.gain": "3 dB",
        "eq.3.on": "On",
        "eq.3.frequency": "250 Hz",
        "eq.3.gain": "-2.5 dB",
        "eq.6.on": "On",
        "eq.6.frequency": "3.1 kHz",
        "eq.6.gain": "1.5 dB",
        "glue.on": "On",
        "glue.threshold": "-24 dB",
        "stereo.side_gain": "1 dB",
        "clipper.on": "On",
        "clipper.threshold": "-6 dB",
        "limiter.on": "On",
        "limiter.gain": "6 dB",
    },
]


def names(burnish):
    """The parameters' names by id."""
    import json

    table = json.loads(subprocess.check_output([burnish, "parameters", "--json"]))
    return {row["id"]: row["name"] for row in table}


def parameter(plugin, name):
    """Finds the parameter that the host shows under a name."""
    return next(p for p in plugin.parameters.values() if p.name == name)


def set_by_text(shown, text):
    """Sets a parameter to the value with this text, by the plug-in's own conversion."""
    shown.raw_value = shown.get_raw_value_for_text(text)


def main(vst3, burnish, mix):
    folder = tempfile.TemporaryDirectory()
    # Both read the same float file: pedalboard divides integers by 2^31 - 1, not by 2^31.
    float_mix = str(Path(folder.name) / "mix.wav")
    command = [burnish, "master", mix, "-o", float_mix, "--bits", "32f", "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with AudioFile(float_mix) as file:
        audio, rate = file.read(file.frames), file.samplerate
    shown_names = names(burnish)
    for settings in CASES:
        plugin = load_plugin(vst3)
        for id, text in settings.items():
            set_by_text(parameter(plugin, shown_names[id]), text)
        # pedalboard takes the latency out by itself.
        found = plugin.process(audio, rate, buffer_size=512)
        out = str(Path(folder.name) / "master.wav")
        command = [burnish, "master", float_mix, "-o", out, "--bits", "32f", "--json"]
        for id, text in settings.items():
            command += ["--set", f"{id}={text}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with AudioFile(out) as file:
            expected = file.read(file.frames)
        if found.shape != expected.shape or not numpy.array_equal(found, expected):
            frames = min(found.shape[1], expected.shape[1])
            worst = numpy.abs(found[:, :frames] - expected[:, :frames]).max()
            sys.exit(f"{settings}: shapes {found.shape} and {expected.shape}, worst difference {worst}")
        print(f"equal to the bit, {expected.shape[1]} frames: {settings or 'neutral'}")


if __name__ == "__main__":
    main(*sys.argv[1:])
