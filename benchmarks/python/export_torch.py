"""torch.onnx.export, by either of its exporters, on the export benchmark; batch and frames stay dynamic, as in ours."""

import io

import onnxscript
import torch
from serve_rounds import serve_rounds, settings, time_runs
from torch_networks import create_classifier, create_example

torch.set_num_threads(settings["threads"])
model = create_classifier(settings["network"], "features").eval()
example = create_example("features", 2)


def export(file):
    if settings["exporter"] == "torchscript":
        axes = {"features": {0: "batch", 2: "frames"}}
        torch.onnx.export(model, (example,), file, dynamo=False, input_names=["features"], dynamic_axes=axes)
    else:
        auto = torch.export.Dim.AUTO
        program = torch.onnx.export(
            model, (example,), dynamo=True, dynamic_shapes=({0: auto, 2: auto},), verbose=False
        )
        file.write(program.model_proto.SerializeToString())


def run_round():
    file = io.BytesIO()
    times = time_runs(1, lambda: export(file))
    return {"ms": times, "bytes": [file.getbuffer().nbytes]}


serve_rounds({"torch": torch.__version__, "onnxscript": onnxscript.__version__}, run_round)
