# Events of a recording from a server, in Python alone: python examples/10-server-python.py http://127.0.0.1:8080 night.wav
import json, sys, urllib.request

server, path = sys.argv[1:]
with open(path, "rb") as sound:
    request = urllib.request.Request(f"{server}/v1/events?threshold=0.6", data=sound, method="POST")
    request.add_header("Transfer-Encoding", "chunked")
    with urllib.request.urlopen(request) as lines:
        for line in map(json.loads, lines):
            if line["type"] == "event":
                print(f"{line['startSeconds']:.1f} to {line['endSeconds']:.1f} s: {line['label']}")
            if line["type"] == "error":
                sys.exit(line["error"]["message"])
