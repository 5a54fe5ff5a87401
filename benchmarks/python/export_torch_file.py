"""torch.onnx.export of a network: export_torch_file.py NETWORK INPUT BATCH FILE, written whole or not at all."""

import os
import sys

import torch
from torch_networks import create_classifier, create_example

network, taken, batch, path = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
os.makedirs(os.path.dirname(path), exist_ok=True)
unfinished = f"{path}.{os.getpid()}"
model = create_classifier(network, taken).eval()
torch.onnx.export(model, (create_example(taken, batch),), unfinished, dynamo=True, external_data=False)
os.replace(unfinished, path)
