"""The same network in Python: PyTorch eager, or the file of torch.onnx.export in onnxruntime, on the inference benchmark.

torch.stft exports as an operator that onnxruntime computes, so the waveform's file too is the exporter's own.
"""

import os
import subprocess
import sys

import numpy
from serve_rounds import serve_rounds, settings, time_runs

network, taken, batch = settings["network"], settings["input"], settings["batch"]
threads, mode = settings["threads"], settings["engine"]
RATE, SECONDS, FRAMES, BANDS = 44100, 5, 214, 96
RUNS = 20 if batch == 1 and taken == "features" else 3
shape = (batch, RATE * SECONDS) if taken == "samples" else (batch, BANDS, FRAMES)
values = numpy.random.default_rng(1).uniform(-0.5, 0.5, shape).astype(numpy.float32)


def serve_onnxruntime():
    import onnxruntime

    folder = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(folder, "..", "..", ".cache", "bench-models", f"{network}-{taken}-{batch}.onnx")
    if not os.path.exists(path):  # by a process of its own, so that torch's threads do not disturb
        script = os.path.join(folder, "export_torch_file.py")
        subprocess.run([sys.executable, script, network, taken, str(batch), path], check=True, stdout=sys.stderr)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    serve_rounds(
        {"onnxruntime (Python)": onnxruntime.__version__},
        lambda: time_runs(RUNS, lambda: session.run(None, {name: values})),
    )


def serve_eager():
    import torch
    from torch_networks import create_classifier

    torch.set_num_threads(threads)
    device = settings.get("device", "cpu")
    model = create_classifier(network, taken).eval().to(device)
    clips = torch.from_numpy(values)

    def run():
        with torch.inference_mode():
            return model(clips.to(device)).cpu().numpy()

    serve_rounds({"torch": torch.__version__}, lambda: time_runs(RUNS, run))


if mode == "onnxruntime":
    serve_onnxruntime()
else:
    serve_eager()
