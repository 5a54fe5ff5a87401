/** An extractor in Chromium, on the features benchmark. */
import * as z from "zod";
import { openBenchPage } from "../page/bench-page.ts";
import { subjectNames } from "./feature-subjects.ts";
import { readSettings, readVersion, serveRounds } from "../measure/serve-rounds.ts";

const { extractor, threads } = z
  .object({ extractor: z.enum(subjectNames), threads: z.number() })
  .parse(readSettings());
const answerSchema = z.object({ ms: z.array(z.number()).check(z.minLength(1)), difference: z.number() });

const bench = await openBenchPage({ entry: "features/features-page.ts" });
const ask = async (): Promise<z.infer<typeof answerSchema>> => {
  const script = `import("/page.js").then(({ run }) => run(${JSON.stringify(extractor)}, ${threads}))`;
  return answerSchema.parse(await bench.open((page) => page.evaluate(script)));
};
const { difference } = await ask();
const library = extractor === "meyda" ? "meyda" : "onnxruntime-web";
await serveRounds(
  {
    versions: { chromium: bench.browser.version(), [library]: readVersion(library) },
    note: `at most ${difference.toExponential(1)} off Meyda's numbers`,
  },
  async () => (await ask()).ms,
);
await bench.close();
