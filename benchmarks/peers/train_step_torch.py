"""PyTorch in the train-step benchmark: train_step_torch.py MODE NETWORK OPTIMISER THREADS CLOCK, MODE eager or compile.

The same networks, batch and protocol as train-step-tfjs.ts: a line on standard input is a number of steps, the answer
their times in milliseconds as JSON. Losses are read at each step, as there.
"""

import json
import sys
import time

import torch
from torch import nn

mode, network, optimiser_name, threads, clock = sys.argv[1:6]
read_clock = time.perf_counter if clock == "wall" else time.process_time
torch.set_num_threads(int(threads))
torch.manual_seed(1)
CHANNELS = [96, 128, 128, 256, 256, 256]
KERNELS = [5, 5, 3, 3, 3]
CLIPS, FRAMES, CLASSES = 32, 214, 10


class Trunk(nn.Sequential):
    def __init__(self):
        layers = []
        for index, kernel in enumerate(KERNELS):
            width = CHANNELS[index + 1]
            norm = nn.BatchNorm1d(width)
            norm.weight.requires_grad = False
            layers += [nn.Conv1d(CHANNELS[index], width, kernel, padding=kernel // 2, bias=False), norm, nn.ReLU()]
            if index < 3:
                layers.append(nn.MaxPool1d(2))
        super().__init__(*layers)


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = Trunk()
        self.head = nn.Linear(512, CLASSES)

    def forward(self, x):
        features = self.trunk(x)
        return self.head(torch.cat([features.mean(2), features.amax(2)], 1))


class CnnTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = Trunk()
        layer = nn.TransformerEncoderLayer(256, 4, 2048, dropout=0.0, norm_first=True, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, norm=nn.LayerNorm(256), enable_nested_tensor=False)
        self.norm = nn.LayerNorm(512)
        self.head = nn.Linear(512, CLASSES)
        self.positions = nn.Buffer(torch.randn(1, 300, 256), persistent=False)

    def forward(self, x):
        features = self.trunk(x).transpose(1, 2)
        features = self.encoder(features + self.positions[:, : features.shape[1]])
        return self.head(self.norm(torch.cat([features.mean(1), features.amax(1)], 1)))


model = Cnn() if network == "cnn" else CnnTransformer()
trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
if optimiser_name == "sgd":
    optimiser = torch.optim.SGD(trained, 1e-3, momentum=0.9, nesterov=True)
else:
    optimiser = torch.optim.AdamW(trained, 1e-3, weight_decay=0.01)
forward = torch.compile(model) if mode == "compile" else model
batch = torch.randn(CLIPS, CHANNELS[0], FRAMES)
labels = torch.arange(CLIPS) % CLASSES


def step():
    optimiser.zero_grad()
    loss = nn.functional.cross_entropy(forward(batch), labels)
    loss.backward()
    optimiser.step()
    return loss.item()


print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        start = read_clock()
        step()
        times.append((read_clock() - start) * 1e3)
    print(json.dumps(times), flush=True)
