import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as z from "zod";
import { environmentPython, isEnvironmentReady } from "../../../setup/python/python-environment.ts";
import { withInputFolder } from "./input-folder.ts";
import { type Target, UnavailableError } from "./target.ts";

const script = `
import json, sys, time
import numpy, onnxruntime
folder = sys.argv[1]
session = onnxruntime.InferenceSession(folder + "/model.onnx", providers=["CPUExecutionProvider"])
answers = []
for item in json.load(open(folder + "/parity-inputs.json")):
    values = numpy.fromfile(folder + "/" + item["file"], numpy.float32).reshape(item["shape"])
    start = time.perf_counter()
    try:
        logits = session.run(["logits"], {session.get_inputs()[0].name: values})[0]
        ms = 1000 * (time.perf_counter() - start)
        answers.append({"logits": [float(logit) for logit in logits.ravel()], "ms": ms})
    except Exception as error:
        answers.append({"error": str(error)})
print(json.dumps(answers, allow_nan=True).replace("NaN", "null").replace("-Infinity", "null").replace("Infinity", "null"))
`;

const answersSchema = z.array(
  z.union([
    z.object({ logits: z.array(z.number().nullable()), ms: z.number() }),
    z.object({ error: z.string() }),
  ]),
);

/** onnxruntime in the project's Python environment. */
export const pythonTarget: Target = async (model, inputs) => {
  if (!isEnvironmentReady())
    throw new UnavailableError(
      "expected the Python environment of a clone, got none; npm run setup:python there makes it",
    );
  const { stdout } = await withInputFolder(model, inputs, (folder) =>
    promisify(execFile)(environmentPython, ["-c", script, folder], { maxBuffer: 2 ** 28 }),
  );
  return answersSchema
    .parse(JSON.parse(stdout))
    .map((answer) =>
      "error" in answer
        ? answer
        : { logits: Float32Array.from(answer.logits, (logit) => logit ?? NaN), ms: answer.ms },
    );
};
