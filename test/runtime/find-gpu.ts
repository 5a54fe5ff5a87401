import { spawnSync } from "node:child_process";

/** Whether NVIDIA's driver lists a GPU: what needs one is tested there, and visibly skipped elsewhere. */
export const hasGpu = spawnSync("nvidia-smi", ["--list-gpus"]).status === 0;
