"""Drives the VST3 in dawdreamer step by step, for `cargo xtask hosts dawdreamer`.

usage: host_dawdreamer.py BURNISH.vst3 BURNISH MIX.wav FOLDER [--reopen]

dawdreamer reports a latency and does not take it out: what it renders is late by as much.
"""

import os
import sys
from importlib.metadata import version
from pathlib import Path

import dawdreamer
import numpy
from host_steps import SETTINGS, again, expect, expect_sound, leave, level_db, master, names, null_db
from host_steps import photograph_beside, say, step

BLOCK = 512


def read(path):
    """A file of stereo 32-bit floats as (2, frames), and its sample rate."""
    data = Path(path).read_bytes()
    rate = int.from_bytes(data[24:28], "little")
    at = 12
    while data[at : at + 4] != b"data":
        at += 8 + int.from_bytes(data[at + 4 : at + 8], "little")
    size = int.from_bytes(data[at + 4 : at + 8], "little")
    return numpy.frombuffer(data[at + 8 : at + 8 + size], "<f4").reshape(-1, 2).T.copy(), rate


class Host:
    """An engine with the mix playing into Burnish."""

    def __init__(self, vst3, audio, rate):
        self.engine = dawdreamer.RenderEngine(rate, BLOCK)
        self.rate = rate
        self.playback = self.engine.make_playback_processor("mix", audio)
        self.plugin = self.engine.make_plugin_processor("burnish", vst3)
        self.engine.load_graph([(self.playback, []), (self.plugin, ["mix"])])

    def render(self, frames):
        """What comes out in so many frames; the host renders whole blocks."""
        self.engine.render(frames / self.rate)
        return self.engine.get_audio()[:, :frames].copy()

    def indices(self, burnish):
        """The parameters' indices by id."""
        shown = {self.plugin.get_parameter_name(i): i for i in range(self.plugin.get_plugin_parameter_size())}
        return {id: shown[name] for id, name in names(burnish).items()}

    def values(self):
        """Every parameter's value."""
        return numpy.array([self.plugin.get_parameter(i) for i in range(self.plugin.get_plugin_parameter_size())])


def normalized(burnish, settings, vst3):
    """The settings as the numbers from 0 to 1 that dawdreamer wants: it has no way from a text, pedalboard has."""
    from pedalboard import load_plugin

    shown = {p.name: p for p in load_plugin(vst3).parameters.values()}
    return {id: shown[names(burnish)[id]].get_raw_value_for_text(text) for id, text in settings.items()}


def reopen(vst3, burnish, mix, folder):
    """In a process of its own: loads the saved state and renders; the caller compares."""
    audio, rate = read(mix)
    host = Host(vst3, audio, rate)
    host.plugin.load_state(str(folder / "state.bin"))
    numpy.save(folder / "reopened.npy", host.render(audio.shape[1]))
    numpy.save(folder / "reopened-values.npy", host.values())
    leave()


def main(vst3, burnish, mix, folder):
    say("version", f"dawdreamer {version('dawdreamer')}")
    audio, rate = read(mix)
    frames = audio.shape[1]

    with step("load") as words:
        host = Host(vst3, audio, rate)
        latency = host.plugin.get_latency_samples()
        words.append(f"{host.plugin.get_plugin_parameter_size()} parameters, latency {latency} frames")

    with step("editor") as words:
        words.append(again("--editor"))

    with step("play") as words:
        heard = host.render(10 * rate)
        expect_sound(heard, 10 * rate)
        words.append(f"{heard.shape[1]} frames in blocks of {BLOCK}")

    with step("automate") as words:
        index = host.indices(burnish)["trim.gain"]
        # From -12 dB at the start to 0 dB at the end; the range is -24 to 24 dB.
        curve = (0.25 + 0.25 * numpy.arange(10 * rate) / (10 * rate)).astype(numpy.float32)
        expect(host.plugin.set_automation(index, curve), "expected the host to take the automation")
        moved = host.render(10 * rate)
        rises = [level_db(moved[:, at : at + rate]) - level_db(heard[:, at : at + rate])
                 for at in range(0, 9 * rate, rate)]
        # Second k is on average at -12 + 1.2 (k + 0.5) dB.
        errors = [abs(rise - (-12 + 1.2 * (k + 0.5))) for k, rise in enumerate(rises)]
        expect(max(errors) < 0.5, f"expected a rise of 1.2 dB a second from -12 dB, found {numpy.round(rises, 1)}")
        words.append(f"trim gain from {rises[0]:.1f} to {rises[-1]:.1f} dB, followed to {max(errors):.2f} dB")

    with step("save") as words:
        host = Host(vst3, audio, rate)
        indices = host.indices(burnish)
        for id, value in normalized(burnish, SETTINGS, vst3).items():
            host.plugin.set_parameter(indices[id], value)
        first = host.render(frames)
        host.plugin.save_state(str(folder / "state.bin"))
        words.append(f"{(folder / 'state.bin').stat().st_size} bytes")

    with step("reopen") as words:
        again("--reopen")
        found = numpy.load(folder / "reopened-values.npy")
        wrong = [i for i, value in enumerate(host.values()) if found[i] != value]
        expect(not wrong, f"expected every value back, found others at the indices {wrong}")
        depth = null_db(first, numpy.load(folder / "reopened.npy"))
        expect(depth == "to the bit", f"expected the same sound in a new process, found a difference of {depth}")
        words.append(f"a new process has all {len(found)} values and the same sound to the bit")

    with step("bounce") as words:
        bounces = [host.render(frames) for _ in range(2)]
        expect_sound(bounces[0], frames)
        depth = null_db(*bounces)
        expect(depth == "to the bit", f"expected two equal bounces, found a difference of {depth}")
        master(burnish, mix, str(folder / "master.wav"), SETTINGS)
        expected = read(folder / "master.wav")[0]
        against = null_db(bounces[0][:, latency:], expected[:, : frames - latency])
        words.append(f"two bounces null to the bit, and with the command line's master {against}")


def editor(vst3, burnish, mix, folder):
    """In a process of its own, since only a person can close dawdreamer's editor: shows it until it is photographed."""
    audio, rate = read(mix)
    host = Host(vst3, audio, rate)

    def then():
        print(said[0], flush=True)
        os._exit(1 if isinstance(said[0], Exception) else 0)

    said, _ = photograph_beside(str(folder / "editor.png"), then)
    host.plugin.open_editor()


if __name__ == "__main__":
    paths = (*sys.argv[1:4], Path(sys.argv[4]))
    if "--reopen" in sys.argv:
        reopen(*paths)
    elif "--editor" in sys.argv:
        editor(*paths)
    else:
        main(*paths)
