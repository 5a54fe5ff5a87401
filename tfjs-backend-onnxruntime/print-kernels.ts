import { rename, writeFile } from "node:fs/promises";
import { describeKernels } from "./describe-kernels.ts";
import { readPublishedTests } from "./published-tests.ts";

/** `npm run kernels`: prints the support table; `-- --write` puts it into docs/reference/kernels.md. */
const table = describeKernels(await readPublishedTests());
if (process.argv.includes("--write")) {
  const file = new URL("../docs/reference/kernels.md", import.meta.url);
  const temporary = new URL(`${file.href}.tmp`);
  await writeFile(temporary, table);
  await rename(temporary, file);
} else {
  process.stdout.write(table);
}
