import { describe, expect, it } from "vitest";
import { inspectCuda, onnxruntime } from "../../../setup/cuda/inspect-cuda.ts";
import { cudaWheels } from "../../../setup/cuda/wheels.ts";
import { projectFolder } from "../../../setup/run-tool.ts";
import { startScript } from "../temporary-project.ts";

describe("set-up of CUDA", () => {
  const state = inspectCuda();

  it("knows the libraries for the ONNX Runtime that is installed, each with its hash", () => {
    const wheels = cudaWheels[onnxruntime.version];
    expect(wheels?.providers.version).toBe(onnxruntime.version);
    for (const wheel of [wheels?.providers, ...(wheels?.libraries ?? [])])
      expect(wheel?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.skipIf(state.loads)("says what is missing, fetches nothing in vain, and ends with 1", async () => {
    if (state.loads || !["platform", "gpu"].includes(state.kind)) return;
    const { code, complaints } = await startScript(projectFolder, "--import tsx setup/cuda/setup-cuda.ts", [])
      .ended;
    expect(complaints).toBe(`cuda: not set up: ${state.problem}\n`);
    expect(code).toBe(1);
  });

  it.skipIf(!state.loads)("computes on the GPU (skipped where there is none, or it is not set up)", () => {
    expect(state).toMatchObject({ loads: true });
  });
});
