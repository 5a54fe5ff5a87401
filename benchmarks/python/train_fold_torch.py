"""The train-fold benchmark's loop in PyTorch, as one writes it when all features fit in memory."""

import json
import os
import tempfile

import numpy
import torch
from serve_rounds import serve_rounds, settings, time_runs
from torch import nn
from torch_networks import create_network, create_optimiser

BATCH = 32

torch.set_num_threads(settings["threads"])


def load(role, fold):
    clips = [clip for clip in fold["clips"] if clip["role"] == role]
    values = [numpy.fromfile(clip["file"], numpy.float32).reshape(-1, fold["bands"]).T for clip in clips]
    return torch.from_numpy(numpy.stack(values)), torch.tensor([clip["label"] for clip in clips])


def evaluate(model, clips, labels):
    model.eval()
    with torch.inference_mode():
        logits = torch.cat([model(batch) for batch in clips.split(BATCH)])
        loss = nn.functional.cross_entropy(logits, labels).item()
        return (logits.argmax(1) == labels).float().mean().item(), -loss


def train():
    with open(settings["foldFile"], encoding="utf-8") as file:
        fold = json.load(file)
    (clips, labels), (others, other_labels) = load("train", fold), load("validation", fold)
    mean, deviation = clips.mean((0, 2), keepdim=True), clips.std((0, 2), keepdim=True)
    clips, others = (clips - mean) / deviation, (others - mean) / deviation
    torch.manual_seed(0)
    model = create_network(settings["network"])
    optimiser = create_optimiser("sgd", model)
    best = (-1.0, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(settings["epochs"]):
            model.train()
            total = 0.0
            for chosen in torch.randperm(len(clips)).split(BATCH):
                optimiser.zero_grad()
                loss = nn.functional.cross_entropy(model(clips[chosen]), labels[chosen])
                loss.backward()
                optimiser.step()
                total += loss.item()
            score = evaluate(model, others, other_labels)
            if score > best:
                best = score
                torch.save([model.state_dict(), optimiser.state_dict()], os.path.join(folder, "best.pt"))
        tests = load("test", fold)
        evaluate(model, (tests[0] - mean) / deviation, tests[1])


serve_rounds({"torch": torch.__version__}, lambda: time_runs(1, train))
