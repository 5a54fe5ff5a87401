"""The peer of benchmarks/server/load.ts: FastAPI, uvicorn, onnxruntime, soundfile. python serve_fastapi.py MODEL PORT

As its documents advise: one process for each core, one thread for each run, decoding and scoring in FastAPI's thread
pool (a plain `def` endpoint) because both release the interpreter's lock, uvloop and httptools, no access log.
"""
import io
import json
import os
import sys

import numpy
import onnxruntime
import soundfile
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request

MODEL = sys.argv[1] if len(sys.argv) > 1 else os.environ["MODEL"]
os.environ["MODEL"] = MODEL

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])
about = json.loads(session.get_modelmeta().custom_metadata_map["earshot"])
labels = about["labels"]
rate_hz = about["features"]["sampleRateHz"]
clip_samples = round(about["features"]["clipSeconds"] * rate_hz)

app = FastAPI()


async def read_body(request: Request) -> bytes:
    return await request.body()


@app.get("/healthz")
async def health():
    return {"status": "ok"}


@app.post("/classify")
def classify(body: bytes = Depends(read_body)):
    samples, rate = soundfile.read(io.BytesIO(body), dtype="float32", always_2d=True)
    if rate != rate_hz:
        raise HTTPException(400, "other rate")
    mono = samples.mean(axis=1)[:clip_samples]
    if len(mono) < clip_samples:
        mono = numpy.pad(mono, (0, clip_samples - len(mono)))
    (logits,) = session.run(["logits"], {"samples": mono[None]})
    powers = numpy.exp(logits[0] - logits[0].max())
    probabilities = powers / powers.sum()
    order = numpy.argsort(-logits[0])
    return {"labels": [{"label": labels[i], "probability": float(probabilities[i])} for i in order]}


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    uvicorn.run(
        "serve_fastapi:app",
        host="127.0.0.1",
        port=int(sys.argv[2]),
        workers=os.cpu_count(),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
