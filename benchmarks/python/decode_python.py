"""soundfile in threads (it lets go of the interpreter's lock), or one ffmpeg a worker, on the decode benchmark."""

import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import imageio_ffmpeg
import soundfile
from serve_rounds import serve_rounds, settings, time_runs

folder, workers = settings["folder"], settings["workers"]
paths = sorted(
    os.path.join(place, name) for place, _, names in os.walk(folder) for name in names if name.endswith(".ogg")
)
shares = [paths[worker::workers] for worker in range(workers)]
ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()


def decode_by_soundfile(share):
    for path in share:
        soundfile.read(path, dtype="float32")


def decode_by_ffmpeg(share):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as playlist:
        playlist.writelines(f"file '{path}'\n" for path in share)
        playlist.flush()
        source = ["-f", "concat", "-safe", "0", "-i", playlist.name]
        command = [ffmpeg, "-v", "error", "-threads", "1", *source, "-f", "f32le", "-y", os.devnull]
        subprocess.run(command, check=True)


decode = decode_by_soundfile if settings["decoder"] == "soundfile" else decode_by_ffmpeg
versions = (
    {"soundfile": soundfile.__version__, "libsndfile": soundfile.__libsndfile_version__}
    if settings["decoder"] == "soundfile"
    else {"ffmpeg": imageio_ffmpeg.get_ffmpeg_version()}
)
with ThreadPoolExecutor(workers) as pool:
    serve_rounds(versions, lambda: time_runs(1, lambda: list(pool.map(decode, shares))))
