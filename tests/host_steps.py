"""What the drivers of the Python hosts share: the steps' words for `cargo xtask hosts`, sounds and pictures.

A driver says `@step NAME`, then `@ok WORDS`, `@failed WORDS` or `@skipped WORDS` on standard output. A step that
says nothing more is one in which the host died.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time

import numpy

# What is saved and has to come back: a stage of each kind, one of them by a word.
SETTINGS = {
    "trim.gain": "3 dB",
    "eq.3.on": "On",
    "eq.3.frequency": "250 Hz",
    "eq.3.gain": "-2.5 dB",
    "glue.on": "On",
    "glue.threshold": "-24 dB",
    "limiter.on": "On",
    "limiter.gain": "6 dB",
    "limiter.character": "Loud",
    "limiter.ceiling": "-0.3 dBTP",
}


def say(kind, words):
    """One line for `cargo xtask hosts`."""
    print(f"@{kind} {' '.join(str(words).split())}", flush=True)


@contextlib.contextmanager
def step(name):
    """Runs a step; gives a list that takes the words to say when all went well."""
    say("step", name)
    words = []
    try:
        yield words
    except Exception as error:
        say("failed", f"{type(error).__name__}: {error}")
    else:
        say("ok", ", ".join(words))


def expect(claim, words):
    """Fails the step unless a claim holds."""
    if not claim:
        raise ValueError(words)


def expect_sound(audio, frames):
    """A host gave back sound: as long as asked, finite, not silent, not above full scale."""
    expect(audio.shape == (2, frames), f"expected 2 channels of {frames} frames, found {audio.shape}")
    expect(numpy.isfinite(audio).all(), "expected finite samples")
    peak = float(numpy.abs(audio).max())
    expect(1e-3 < peak <= 1.0, f"expected sound at most at full scale, found a peak of {peak}")


def level_db(audio):
    """The level over both channels."""
    return 10 * numpy.log10(numpy.mean(numpy.square(audio, dtype=numpy.float64)) + 1e-30)


def null_db(one, other):
    """The peak of the difference in dBFS, or the word for none at all."""
    expect(one.shape == other.shape, f"expected equal lengths, found {one.shape} and {other.shape}")
    worst = float(numpy.abs(one.astype(numpy.float64) - other).max())
    return "to the bit" if worst == 0 else f"{20 * numpy.log10(worst):.1f} dBFS"


def names(burnish):
    """The parameters' names by id."""
    table = json.loads(subprocess.check_output([burnish, "parameters", "--json"]))
    return {row["id"]: row["name"] for row in table}


def master(burnish, mix, out, settings):
    """What the command line makes of the same mix and settings."""
    command = [burnish, "master", mix, "-o", out, "--bits", "32f", "--json"]
    for id, text in settings.items():
        command += ["--set", f"{id}={text}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def again(*arguments):
    """Runs this driver once more, in a process of its own, and gives what it says to one line."""
    done = subprocess.run([sys.executable, *sys.argv, *arguments], capture_output=True, text=True, timeout=120)
    expect(done.returncode == 0, f"a new process ended with {done.returncode}: {done.stderr[-300:]}")
    return done.stdout.strip()


def photograph(picture, wait_s=4.0):
    """A picture of the whole screen; fails when the screen has hardly a colour, since then no editor is there."""
    time.sleep(wait_s)
    subprocess.run(["import", "-window", "root", picture], check=True, timeout=30)
    found = subprocess.check_output(["identify", "-format", "%w x %h, %k colours", picture], text=True, timeout=30)
    expect(int(found.split(",")[1].split()[0]) > 200, f"expected an editor on the screen, found {found}")
    return found


def photograph_beside(picture, then):
    """Photographs from a thread while the caller's thread shows the editor; `then` ends the showing.

    Gives a list that holds the words or the error once the thread is done, and the thread.
    """
    said = []

    def work():
        try:
            said.append(photograph(picture))
        except Exception as error:
            said.append(error)
        then()

    thread = threading.Thread(target=work)
    thread.start()
    return said, thread


def leave():
    """Ends the process without the host's own tidying up, of which nothing is to be learnt here."""
    sys.stdout.flush()
    os._exit(0)
