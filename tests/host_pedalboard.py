"""Drives the VST3 in pedalboard step by step, for `cargo xtask hosts pedalboard`.

usage: host_pedalboard.py BURNISH.vst3 BURNISH MIX.wav FOLDER [--reopen]

MIX.wav holds floats: pedalboard divides integers by 2^31 - 1, not by 2^31.
"""

import ctypes
import sys
import threading
from importlib.metadata import version
from pathlib import Path

import numpy
from host_steps import SETTINGS, again, expect, expect_sound, level_db, master, names, null_db, photograph_beside
from host_steps import say, step
from pedalboard import load_plugin
from pedalboard.io import AudioFile

BLOCK = 512


def read(path):
    """A whole file and its sample rate."""
    with AudioFile(str(path)) as file:
        return file.read(file.frames), file.samplerate


def write(path, audio, rate):
    """A file of floats."""
    with AudioFile(str(path), "w", rate, 2, bit_depth=32) as file:
        file.write(audio)


def by_id(plugin, burnish):
    """The parameters that the host shows, by id."""
    shown = {p.name: p for p in plugin.parameters.values()}
    return {id: shown[name] for id, name in names(burnish).items()}


def values(plugin):
    """Every parameter's value."""
    return {p.name: p.raw_value for p in plugin.parameters.values()}


def forgive_x_errors():
    """Lets the host's X errors pass, as JUCE does in a program of its own but not inside Python.

    pedalboard 0.9.26 asks for a property of the window 0 when it shows an editor, of any plug-in; Xlib's own handler
    ends the process.
    """
    handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
    forgive_x_errors.kept = handler(lambda display, error: 0)
    ctypes.CDLL("libX11.so.6").XSetErrorHandler(forgive_x_errors.kept)


def reopen(vst3, burnish, mix, folder):
    """In a process of its own: loads the saved state and renders; the caller compares."""
    plugin = load_plugin(vst3)
    plugin.raw_state = (folder / "state.bin").read_bytes()
    audio, rate = read(mix)
    numpy.save(folder / "reopened.npy", plugin.process(audio, rate, buffer_size=BLOCK))
    numpy.save(folder / "reopened-values.npy", values(plugin), allow_pickle=True)


def main(vst3, burnish, mix, folder):
    say("version", f"pedalboard {version('pedalboard')}")
    audio, rate = read(mix)
    frames = audio.shape[1]

    with step("load") as words:
        plugin = load_plugin(vst3)
        words.append(f"{len(plugin.parameters)} parameters")

    with step("editor") as words:
        forgive_x_errors()
        done = threading.Event()
        said, thread = photograph_beside(str(folder / "editor.png"), done.set)
        plugin.show_editor(done)
        thread.join()
        if isinstance(said[0], Exception):
            raise said[0]
        words.append(said[0])

    with step("play") as words:
        plugin.reset()
        heard = [plugin.process(audio[:, at : at + BLOCK], rate, buffer_size=BLOCK, reset=False)
                 for at in range(0, 10 * rate, BLOCK)]
        heard = numpy.concatenate(heard, axis=1)
        expect_sound(heard, heard.shape[1])
        words.append(f"{heard.shape[1]} frames in blocks of {BLOCK}")

    with step("automate") as words:
        gain = by_id(plugin, burnish)["trim.gain"]
        plugin.reset()
        for at in range(0, 10 * rate, BLOCK):
            # From -12 dB at the start to 0 dB at the end; the range is -24 to 24 dB.
            gain.raw_value = 0.25 + 0.25 * at / (10 * rate)
            block = plugin.process(audio[:, at : at + BLOCK], rate, buffer_size=BLOCK, reset=False)
            if at == 0:
                moved = []
            moved.append(block)
        moved = numpy.concatenate(moved, axis=1)
        shared = min(moved.shape[1], heard.shape[1])
        seconds = [slice(at, at + rate) for at in range(0, shared - rate, rate)]
        rises = [level_db(moved[:, s]) - level_db(heard[:, s]) for s in seconds]
        # Second k is on average at -12 + 1.2 (k + 0.5) dB.
        errors = [abs(rise - (-12 + 1.2 * (k + 0.5))) for k, rise in enumerate(rises)]
        expect(max(errors) < 0.5, f"expected a rise of 1.2 dB a second from -12 dB, found {numpy.round(rises, 1)}")
        words.append(f"trim gain from {rises[0]:.1f} to {rises[-1]:.1f} dB, followed to {max(errors):.2f} dB")

    with step("save") as words:
        plugin = load_plugin(vst3)
        shown = by_id(plugin, burnish)
        for id, text in SETTINGS.items():
            shown[id].raw_value = shown[id].get_raw_value_for_text(text)
        first = plugin.process(audio, rate, buffer_size=BLOCK)
        state = plugin.raw_state
        (folder / "state.bin").write_bytes(state)
        words.append(f"{len(state)} bytes")

    with step("reopen") as words:
        again("--reopen")
        found = numpy.load(folder / "reopened-values.npy", allow_pickle=True).item()
        wrong = [name for name, value in values(plugin).items() if found.get(name) != value]
        expect(not wrong, f"expected every value back, found others in {wrong}")
        depth = null_db(first, numpy.load(folder / "reopened.npy"))
        expect(depth == "to the bit", f"expected the same sound in a new process, found a difference of {depth}")
        words.append(f"a new process has all {len(found)} values and the same sound to the bit")

    with step("bounce") as words:
        bounces = [plugin.process(audio, rate, buffer_size=BLOCK) for _ in range(2)]
        expect_sound(bounces[0], frames)
        write(folder / "bounce.wav", bounces[0], rate)
        depth = null_db(*bounces)
        expect(depth == "to the bit", f"expected two equal bounces, found a difference of {depth}")
        master(burnish, mix, str(folder / "master.wav"), SETTINGS)
        against = null_db(bounces[0], read(folder / "master.wav")[0])
        expect(against == "to the bit", f"expected the command line's master, found a difference of {against}")
        words.append(f"two bounces null to the bit, and with the command line's master {against}")


if __name__ == "__main__":
    paths = (*sys.argv[1:4], Path(sys.argv[4]))
    reopen(*paths) if "--reopen" in sys.argv else main(*paths)
