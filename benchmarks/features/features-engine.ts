/** One of our extractors, or Meyda, on the features benchmark. */
import * as ort from "onnxruntime-node";
import * as z from "zod";
import { makeClip, measureDifference } from "./feature-sounds.ts";
import { createSubject, subjectNames } from "./feature-subjects.ts";
import { readSettings, readVersion, serveRounds, timeRuns } from "../measure/serve-rounds.ts";

const settings = z
  .object({
    extractor: z.enum(subjectNames),
    threads: z.number(),
  })
  .parse(readSettings());
const session = { intraOpNumThreads: settings.threads, interOpNumThreads: 1 };
const { extractor, runs } = await createSubject(settings.extractor, ort, session);
const { name } = extractor;
const engine = name === "meyda" ? "meyda" : "onnxruntime-node";
const difference = await measureDifference(extractor);
const sound = makeClip();
await serveRounds(
  {
    versions: { [engine]: readVersion(engine) },
    note: `at most ${difference.toExponential(1)} off Meyda's numbers`,
  },
  () => timeRuns(runs, () => extractor.extract(sound)),
);
await extractor.dispose();
