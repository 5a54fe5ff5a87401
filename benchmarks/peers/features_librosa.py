"""librosa on the features benchmark: mel power of a Hann window and log(1 + x), as the feature graph computes it.

Speaks the benchmark's protocol: one JSON line with versions, then for each line read one JSON list of milliseconds.
"""

import json
import platform
import sys
import time

import librosa
import numpy

RATE, SECONDS, WINDOW, HOP, BANDS, RUNS = 44100, 5, 2048, 1024, 96, 20

samples = numpy.random.default_rng(1).uniform(-0.5, 0.5, RATE * SECONDS).astype(numpy.float32)
hann = numpy.hanning(WINDOW).astype(numpy.float32)


def extract():
    power = librosa.feature.melspectrogram(
        y=samples, sr=RATE, n_fft=WINDOW, hop_length=HOP, window=hann, center=False, n_mels=BANDS, htk=True, norm=None
    )
    return numpy.log1p(power)


extract()  # the filter bank is made once
versions = {"librosa": librosa.__version__, "numpy": numpy.__version__, "python": platform.python_version()}
print(json.dumps({"versions": versions}), flush=True)
for _ in sys.stdin:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        extract()
        times.append((time.perf_counter() - start) * 1000)
    print(json.dumps(times), flush=True)
