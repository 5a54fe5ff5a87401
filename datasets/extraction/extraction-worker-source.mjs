// The worker of extraction-pool.ts when earshot runs from its sources. `--import tsx` is not enough for a thread: on
// Node 20 it does not reach a module that is imported with `import()`.
import { register } from "tsx/esm/api";

register();
const { default: extractFile } = await import("./extraction-worker.ts");
export default extractFile;
