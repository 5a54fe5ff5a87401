"""librosa on the features benchmark: mel power of a Hann window and log(1 + x), as the feature graph computes it."""

import librosa
import numpy
from serve_rounds import serve_rounds, time_runs

RATE, SECONDS, WINDOW, HOP, BANDS, RUNS = 44100, 5, 2048, 1024, 96, 20

samples = numpy.random.default_rng(1).uniform(-0.5, 0.5, RATE * SECONDS).astype(numpy.float32)
hann = numpy.hanning(WINDOW).astype(numpy.float32)


def extract():
    power = librosa.feature.melspectrogram(
        y=samples, sr=RATE, n_fft=WINDOW, hop_length=HOP, window=hann, center=False, n_mels=BANDS, htk=True, norm=None
    )
    return numpy.log1p(power)


extract()  # the filter bank is made once
serve_rounds(
    {"librosa": librosa.__version__, "numpy": numpy.__version__},
    lambda: time_runs(RUNS, extract),
    note="its own filters' numbers",
)
