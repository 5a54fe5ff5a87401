"""The classes of a clip by librosa and PyTorch, on the install benchmark; its network is untrained: first_answer.py FILE."""

import sys

import librosa
import numpy
import torch
from torch_log_mel import RATE
from torch_networks import BANDS, create_network

samples, _ = librosa.load(sys.argv[1], sr=RATE)
power = librosa.feature.melspectrogram(y=samples, sr=RATE, n_fft=2048, hop_length=1024, center=False, n_mels=BANDS)
features = torch.from_numpy(numpy.log1p(power)).float()[None]
with torch.no_grad():
    print(create_network("cnn").eval()(features).softmax(1))
