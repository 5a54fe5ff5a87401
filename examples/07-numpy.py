# The answer from the file's numbers alone, without ONNX Runtime: docs/model-file.md as code, for a CNN in float32.
# python examples/07-numpy.py model.onnx dog.wav   (pip install numpy onnx soundfile soxr)
import json, sys
import numpy as np
import onnx, soundfile, soxr


def load(path):
    """The metadata, and every stored tensor by its name."""
    model = onnx.load(path)
    about = json.loads(next(entry.value for entry in model.metadata_props if entry.key == "earshot"))
    return about, {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def mel_power(samples, rate, size, hop, bands, scale):
    """Steps 1 to 3: frames, spectrum, mel triangles -> [frames, bands]."""
    frames = np.lib.stride_tricks.sliding_window_view(samples * scale, size)[::hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(size)))[:, : size // 2] ** 2
    mels = np.float32(np.arange(bands + 2) * (1125 * np.log(1 + rate / 1400) / (bands + 1)))
    hertz = np.float32(700 * (np.exp(np.float64(mels) / 1125) - 1))
    edges = np.floor((size + 1) * np.float64(hertz) / rate).astype(int)
    triangles = np.zeros((size // 2, bands))
    for band, (low, peak, high) in enumerate(zip(edges, edges[1:], edges[2:])):
        triangles[low:peak, band] = (np.arange(low, peak) - low) / max(peak - low, 1)
        triangles[peak:high, band] = (high - np.arange(peak, high)) / max(high - peak, 1)
    return power @ triangles


def fit(power, count):
    """Step 4: without silent ends, in a loop (padding "loop")."""
    loud = np.flatnonzero(power.sum(1) > 1e-6 * power.sum(1).max())
    first, length = (loud[0], loud[-1] - loud[0] + 1) if len(loud) else (0, len(power))
    return power[first + np.arange(count) % length]


def convolve(x, kernel, bias):
    """[frames, in] by a kernel [out, in, width], "same" padding."""
    width = kernel.shape[2]
    padded = np.pad(x, (((width - 1) // 2, width // 2), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=0)
    return np.einsum("tiw,oiw->to", windows, kernel, optimize=True) + bias


about, w = load(sys.argv[1])
f = about["features"]
samples, rate = soundfile.read(sys.argv[2], always_2d=True)
samples = soxr.resample(samples.mean(axis=1), rate, f["sampleRateHz"], "VHQ")
power = mel_power(samples, f["sampleRateHz"], f["fftSamples"], f["hopSamples"], f["melBands"], f["sampleScale"])
power = fit(power, (round(f["clipSeconds"] * f["sampleRateHz"]) - f["fftSamples"]) // f["hopSamples"] + 1)
x = np.log1p(f["clipLevel"] * power / max(power.mean(), 1e-30))  # step 5
x = x - f["clipMeanFraction"] * x.mean(axis=0)  # step 6
x = x * w["input/standardise/scale"] + w["input/standardise/shift"]  # step 7
for block in range(1, 6):  # step 8
    x = np.maximum(convolve(x, w[f"conv{block}/kernel"], w[f"conv{block}/bias"]), 0)
    x = x[: len(x) // 2 * 2].reshape(-1, 2, x.shape[1]).max(axis=1) if block <= 3 else x
logits = np.concatenate([x.mean(axis=0), x.max(axis=0)]) @ w["logits/kernel"] + w["logits/bias"]
powers = np.exp((logits - logits.max()) / about.get("temperature", 1))  # step 9
print(about["labels"][logits.argmax()], f"{powers.max() / powers.sum():.4f}", json.dumps(logits.tolist()))
