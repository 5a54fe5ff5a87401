"""torch.stft on the features benchmark: the same work as features_librosa.py, the filters as one matrix product."""

import torch
from serve_rounds import serve_rounds, settings, time_runs
from torch_log_mel import LogMel

RATE, SECONDS, RUNS = 44100, 5, 20

torch.set_num_threads(settings["threads"])
torch.manual_seed(1)
samples = torch.rand(1, RATE * SECONDS) - 0.5
extract = LogMel()


def run():
    with torch.inference_mode():
        extract(samples)


serve_rounds(
    {"torch": torch.__version__}, lambda: time_runs(RUNS, run), note="its own filters' numbers"
)
