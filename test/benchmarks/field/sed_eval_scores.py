"""sed_eval's counts for lists of events: JSON on standard input, JSON on standard output."""

import json
import sys

import sed_eval

request = json.load(sys.stdin)


def to_list(events):
    return [
        {"event_label": e["label"], "onset": e["startSeconds"], "offset": e["endSeconds"], "file": "a"}
        for e in events
    ]


def count(metric, extra):
    for sound in request["sounds"]:
        truth, found = to_list(sound["truth"]), to_list(sound["found"])
        metric.evaluate(reference_event_list=truth, estimated_event_list=found, **extra)
    overall = metric.overall
    return {"truth": int(overall["Nref"]), "found": int(overall["Nsys"]), "hits": int(overall["Ntp"])}


labels = request["labels"]
answer = {
    "events": [
        count(
            sed_eval.sound_event.EventBasedMetrics(
                event_label_list=labels, t_collar=float(collar), percentage_of_length=0.5
            ),
            {},
        )
        for collar in request["collars"]
    ],
    "segments": count(
        sed_eval.sound_event.SegmentBasedMetrics(event_label_list=labels, time_resolution=1.0),
        {"evaluated_length_seconds": request["soundSeconds"]},
    ),
}
json.dump(answer, sys.stdout)
