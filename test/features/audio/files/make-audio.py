"""Writes the small base files of the decoding tests: one second and a bit of two tones in noise, in each format.

Run once by hand (`python test/features/audio/files/make-audio.py`); needs soundfile >= 0.13 (libsndfile 1.2), numpy and
ffmpeg >= 5.
The files are committed because the encoders' output differs from version to version.
"""

import subprocess
from pathlib import Path

import numpy
import soundfile

folder = Path(__file__).parent
random = numpy.random.default_rng(1)


def make_tone(rate, seconds, channels):
    time = numpy.arange(int(rate * seconds)) / rate
    columns = [
        0.4 * numpy.sin(2 * numpy.pi * (440 + 110 * channel) * time)
        + 0.1 * numpy.sin(2 * numpy.pi * 3 * time) * random.uniform(-1, 1, time.size)
        for channel in range(channels)
    ]
    return numpy.stack(columns, axis=1).astype(numpy.float32)


def write(name, rate, seconds, channels, **options):
    soundfile.write(folder / name, make_tone(rate, seconds, channels), rate, **options)


write("mono.mp3", 16000, 0.5, 1, format="MP3")
write("stereo.mp3", 44100, 0.3, 2, format="MP3")
write("mono.flac", 16000, 0.5, 1, format="FLAC", subtype="PCM_16")
write("stereo.flac", 44100, 0.1, 2, format="FLAC", subtype="PCM_24")
write("mono.ogg", 16000, 0.5, 1, format="OGG", subtype="VORBIS")
write("stereo.ogg", 44100, 0.2, 2, format="OGG", subtype="VORBIS")
write("mono.opus", 48000, 0.5, 1, format="OGG", subtype="OPUS")
write("stereo.opus", 48000, 0.2, 2, format="OGG", subtype="OPUS")


def convert(name, rate, seconds, channels, *options):
    """Through ffmpeg, for the formats that soundfile does not write."""
    source = ["-f", "f32le", "-ar", str(rate), "-ac", str(channels), "-i", "pipe:0"]
    sound = make_tone(rate, seconds, channels).tobytes()
    exact = ["-bitexact", "-map_metadata", "-1"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *source, *options, *exact, folder / name], input=sound, check=True)


convert("stereo.rf64.wav", 44100, 0.02, 2, "-rf64", "always")
convert("mono.w64", 16000, 0.05, 1, "-c:a", "pcm_s24le")
convert("mono.aiff", 16000, 0.05, 1)
convert("stereo.aifc", 44100, 0.02, 2, "-c:a", "pcm_f32be", "-f", "aiff")
convert("mono.caf", 16000, 0.05, 1, "-c:a", "pcm_s24be")
convert("mono.au", 8000, 0.1, 1, "-c:a", "pcm_mulaw")
convert("mono-ima.wav", 16000, 0.5, 1, "-c:a", "adpcm_ima_wav")
convert("stereo-ms.wav", 16000, 0.5, 2, "-c:a", "adpcm_ms")
convert("mono-opus.webm", 48000, 0.5, 1, "-c:a", "libopus", "-b:a", "48k")
convert("stereo-vorbis.webm", 44100, 0.2, 2, "-c:a", "libvorbis", "-b:a", "96k")
convert("stereo-flac.mka", 44100, 0.05, 2, "-c:a", "flac", "-sample_fmt", "s16")
convert("mono-mp3.mka", 16000, 0.5, 1, "-c:a", "libmp3lame", "-b:a", "32k")
convert("mono-aac.m4a", 16000, 0.5, 1, "-c:a", "aac", "-b:a", "32k")
convert("stereo-alac.m4a", 44100, 0.05, 2, "-c:a", "alac", "-movflags", "+faststart")
convert("mono-fragments.mp4", 16000, 0.5, 1, "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov+default_base_moof")
convert("mono.aac", 16000, 0.5, 1, "-c:a", "aac", "-b:a", "32k")
