# The same file in Python: python examples/06-python.py model.onnx dog.wav night.flac   (pip install onnxruntime soundfile soxr)
import json, math, sys
import numpy as np
import onnxruntime, soundfile, soxr

session = onnxruntime.InferenceSession(sys.argv[1])
about = json.loads(session.get_modelmeta().custom_metadata_map["earshot"])
rate_hz = about["features"]["sampleRateHz"]
clip = round(about["features"]["clipSeconds"] * rate_hz)


fft, hop = about["features"]["fftSamples"], about["features"]["hopSamples"]


def read(path):
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return soxr.resample(samples.mean(axis=1), rate, rate_hz)


def score(batch):
    """[sounds, samples], of one length: a list of sounds or of windows -> logits [sounds, classes]."""
    return session.run(["logits"], {"samples": np.stack(batch)})[0]


def classify(samples):
    """Up to 1.1 clip lengths as it is; longer sound, without zeros at its ends, as the mean over overlapping windows."""
    limit = 1.1 * clip
    if len(samples) > limit and samples.any() and about["features"]["padding"] == "loop":
        sound = samples.nonzero()[0]
        first, last = max(0, math.ceil((sound[0] - fft + 1) / hop)), sound[-1] // hop
        whole, samples = samples, samples[first * hop : last * hop + fft]
        limit += 2 * fft if len(samples) < len(whole) else 0
    if len(samples) <= limit:
        return score([samples])[0]
    excess = len(samples) - clip
    steps = math.ceil(excess / (clip / 2))
    starts = [math.floor(step * excess / steps + 0.5) for step in range(steps + 1)]
    return score([samples[start : start + clip] for start in starts]).mean(axis=0)


def compute_probabilities(logits):
    """Calibrated by the temperature; of a sound that is not cut into windows the output "probabilities"."""
    scaled = logits / about.get("temperature", 1)
    if about.get("labelling") == "several":  # each class for itself
        return 1 / (1 + np.exp(-scaled))
    powers = np.exp(scaled - scaled.max())
    return powers / powers.sum()


for path in sys.argv[2:]:
    logits = classify(read(path))
    best = logits.argmax()
    print(path, about["labels"][best], f"{compute_probabilities(logits)[best]:.4f}", json.dumps(logits.tolist()))
