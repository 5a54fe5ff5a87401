"""A Python engine's side of the benchmarks' protocol: versions as one line of JSON, then for each line read one line of
figures: milliseconds, or figures by unit. What the benchmark tells the engine is in `settings`."""

import json
import platform
import sys
import time

settings = json.loads(sys.argv[1])
answers = sys.stdout
sys.stdout = sys.stderr  # what libraries print must not be taken for an answer


def serve_rounds(versions, run_round, note=None):
    greeting = {"versions": {"python": platform.python_version(), **versions}}
    if note is not None:
        greeting["note"] = note
    print(json.dumps(greeting), file=answers, flush=True)
    for _ in sys.stdin:
        print(json.dumps(run_round()), file=answers, flush=True)


def time_runs(runs, run):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    return times
