import { readFile } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically } from "../common/write-atomically.ts";
import { describeKernels, insertKernels } from "./describe-kernels.ts";
import { readPublishedTests } from "./published-tests.ts";

/** `npm run kernels`: prints the support table; `-- --write` puts it into docs/reference/ and the package's README. */
const inProject = (file: string) => path.join(import.meta.dirname, "..", file);
const readme = inProject("packages/tfjs-backend-onnxruntime/README.md");
const table = describeKernels(await readPublishedTests());
if (process.argv.includes("--write")) {
  await writeFileAtomically(inProject("docs/reference/kernels.md"), table);
  await writeFileAtomically(readme, insertKernels(await readFile(readme, "utf8")));
} else {
  process.stdout.write(table);
}
