"""Log-mel with torch.stft, [clips, samples] to [clips, bands, frames]: Hann window, HTK mel triangles, log(1 + x)."""

import torch
from torch import nn

RATE, WINDOW, HOP, BANDS = 44100, 2048, 1024, 96


def make_triangles():
    highest = 1127.01048 * torch.log1p(torch.tensor(RATE / 2 / 700))
    edges = 700 * torch.expm1(torch.linspace(0, highest.item(), BANDS + 2) / 1127.01048)
    bins = torch.linspace(0, RATE / 2, WINDOW // 2 + 1)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return torch.clamp(torch.minimum(rising, falling), min=0)


class LogMel(nn.Module):
    def __init__(self):
        super().__init__()
        self.window = nn.Buffer(torch.hann_window(WINDOW, periodic=False))
        self.triangles = nn.Buffer(make_triangles())

    def forward(self, samples):
        spectrum = torch.stft(samples, WINDOW, HOP, window=self.window, center=False, return_complex=True)
        return torch.log1p(self.triangles @ spectrum.abs().square())
