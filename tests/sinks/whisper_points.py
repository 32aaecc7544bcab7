# SPDX-License-Identifier: MIT
"""Prints the points of all whisper files below a folder, SERIES TIME VALUE, by
time; only those of the first retention."""
import os
import sys
from time import time

import whisper


def points(path):
    span = whisper.info(path)["archives"][0]["retention"]
    (start, _, step), values = whisper.fetch(path, int(time()) - span)
    for index, value in enumerate(values):
        if value is not None:
            yield start + index * step, value


folder = sys.argv[1]
for place, _, names in sorted(os.walk(folder)):
    for name in sorted(names):
        if name.endswith(".wsp"):
            path = os.path.join(place, name)
            series = os.path.relpath(path, folder)[:-4].replace("/", ".")
            for moment, value in points(path):
                print(series, moment, repr(value))
