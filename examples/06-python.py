# The same file in Python: python examples/06-python.py model.onnx dog.wav   (pip install onnxruntime soundfile)
import json, sys
import onnxruntime, soundfile

session = onnxruntime.InferenceSession(sys.argv[1])
about = json.loads(session.get_modelmeta().custom_metadata_map["earshot"])
samples, rate = soundfile.read(sys.argv[2], dtype="float32", always_2d=True)
assert rate == about["features"]["sampleRateHz"], f"resample to {about['features']['sampleRateHz']} Hz first"
(logits,) = session.run(["logits"], {"samples": samples.mean(axis=1)[None]})
print(about["labels"][logits[0].argmax()])
