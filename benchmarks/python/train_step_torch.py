"""PyTorch in the train-step benchmark: the same networks, batch and work as train-step-tfjs.ts; losses are read too."""

import torch
from serve_rounds import serve_rounds, settings, time_runs
from torch import nn
from torch_networks import BANDS, CLASSES, FRAMES, create_network, create_optimiser

CLIPS, STEPS = 32, 5

torch.set_num_threads(settings["threads"])
torch.manual_seed(1)
device = settings.get("device", "cpu")
model = create_network(settings["network"]).to(device)
optimiser = create_optimiser(settings["optimiser"], model)
forward = torch.compile(model) if settings["mode"] == "compile" else model
batch = torch.randn(CLIPS, BANDS, FRAMES)
labels = torch.arange(CLIPS) % CLASSES


def step():
    optimiser.zero_grad()
    loss = nn.functional.cross_entropy(forward(batch.to(device)), labels.to(device))
    loss.backward()
    optimiser.step()
    return loss.item()


step()  # where it compiles, and fails where it cannot
serve_rounds({"torch": torch.__version__}, lambda: time_runs(STEPS, step))
