"""Our two networks in PyTorch, standardised features [clips, bands, frames] to logits."""

import torch
from torch import nn
from torch_log_mel import RATE, LogMel

CHANNELS = [96, 128, 128, 256, 256, 256]
KERNELS = [5, 5, 3, 3, 3]
BANDS, FRAMES, CLASSES = CHANNELS[0], 214, 10


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
        for parameter in self.encoder.parameters():  # its layers begin as copies, which an exporter would share
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)
        self.norm = nn.LayerNorm(512)
        self.head = nn.Linear(512, CLASSES)
        self.positions = nn.Buffer(torch.randn(1, 300, 256), persistent=False)

    def forward(self, x):
        features = self.trunk(x).transpose(1, 2)
        features = self.encoder(features + self.positions[:, : features.shape[1]])
        return self.head(self.norm(torch.cat([features.mean(1), features.amax(1)], 1)))


def create_network(name):
    return {"cnn": Cnn, "cnn-transformer": CnnTransformer}[name]()


def create_optimiser(name, model):
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if name == "sgd":
        return torch.optim.SGD(trained, 1e-3, momentum=0.9, nesterov=True)
    return torch.optim.AdamW(trained, 1e-3, weight_decay=0.01)


def create_classifier(name, taken):
    """What answers from features or from samples."""
    network = create_network(name)
    return network if taken == "features" else nn.Sequential(LogMel(), network)


def create_example(taken, batch):
    return torch.rand(batch, RATE * 5) - 0.5 if taken == "samples" else torch.randn(batch, BANDS, FRAMES)
