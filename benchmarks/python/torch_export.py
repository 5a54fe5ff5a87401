"""torch.onnx.export of the two networks beside ours: torch_export.py FOLDER ROUNDS.

FOLDER holds our cnn.onnx and cnn-transformer.onnx. PyTorch's are written beside them, by both of its exporters, and all
are run in turn on one thread of onnxruntime. Prints JSON: a row for each file.
"""

import json
import os
import statistics
import sys
import time
import warnings

import numpy
import onnx
import onnxruntime
import torch
from torch import nn
from torch_networks import BANDS, FRAMES, create_network

folder, rounds = sys.argv[1], int(sys.argv[2])
warnings.filterwarnings("ignore")
torch.manual_seed(1)


class FramesFirst(nn.Module):
    """A network of features [clips, frames, bands], as ours take them."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return self.network(x.transpose(1, 2))


def export(model, name, dynamo):
    file = os.path.join(folder, f"{name} torch {'dynamo' if dynamo else 'torchscript'}.onnx")
    x = torch.randn(1, FRAMES, BANDS)  # the shape that is timed: both exporters freeze some of it
    if dynamo:
        options = dict(dynamo=True, external_data=False, verbose=False)  # fails here with dynamic axes
    else:
        axes = {"x": {0: "batch", 1: "frames"}, "y": {0: "batch"}}
        options = dict(dynamo=False, opset_version=17, input_names=["x"], output_names=["y"], dynamic_axes=axes)
    torch.onnx.export(model, (x,), file, **options)
    return file


def open_session(file):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def time_run(session, x):
    name = session.get_inputs()[0].name
    start = time.perf_counter()
    session.run(None, {name: x})
    return 1000 * (time.perf_counter() - start)


stdout = os.dup(1)
os.dup2(2, 1)  # the exporters talk
rows = []
for name in ["cnn", "cnn-transformer"]:
    model = FramesFirst(create_network(name))
    for norm in (module for module in model.modules() if isinstance(module, nn.BatchNorm1d)):
        nn.init.normal_(norm.bias)  # as trained: zeros alike would be stored once
    model.eval()
    files = {"earshot": os.path.join(folder, f"{name}.onnx")}
    for dynamo in [False, True]:
        try:
            files[f"torch {'dynamo' if dynamo else 'torchscript'}"] = export(model, name, dynamo)
        except Exception as error:  # noqa: BLE001 - told, not counted
            print(name, "dynamo" if dynamo else "torchscript", "failed:", str(error)[:300], file=sys.stderr)
    sessions = {by: open_session(file) for by, file in files.items()}
    x = numpy.random.default_rng(1).standard_normal((1, FRAMES, BANDS)).astype(numpy.float32)
    times = {by: [] for by in sessions}
    for _ in range(rounds + 5):
        for by, session in sessions.items():
            times[by].append(time_run(session, x))
    ours = times["earshot"][5:]
    for by, file in files.items():
        graph = onnx.load(file).graph
        ratios = [mine / theirs for mine, theirs in zip(ours, times[by][5:])]
        rows.append(
            {
                "network": name,
                "by": by,
                "nodes": sum(node.op_type != "Constant" for node in graph.node),
                "nodesWithConstants": len(graph.node),
                "bytes": os.path.getsize(file),
                "ms": statistics.median(times[by][5:]),
                "fastestMs": min(times[by][5:]),
                "oursToTheirs": statistics.median(ratios),
            }
        )
versions = {"torch": torch.__version__, "onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
os.write(stdout, json.dumps({"versions": versions, "rows": rows}).encode())
