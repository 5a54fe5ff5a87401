import { describe, expect, it } from "vitest";
import * as z from "zod";
import { projectFolder } from "../../setup/run-tool.ts";
import { startScript } from "./temporary-project.ts";

const reportSchema = z.strictObject({
  ready: z.boolean(),
  findings: z.array(
    z.strictObject({
      name: z.string(),
      state: z.enum(["ok", "missing", "optional"]),
      detail: z.string().min(1),
      repair: z.string().optional(),
    }),
  ),
});

function runDoctor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return startScript(projectFolder, "--import tsx setup/doctor/doctor.ts", args, env).ended;
}

describe("doctor", () => {
  it("lists for machines what is there and what repairs the rest", async () => {
    const { code, output } = await runDoctor(["--json"], {
      CHROMIUM_PATH: "/nowhere",
      CXX: "no-such-compiler",
    });
    const { ready, findings } = reportSchema.parse(JSON.parse(output));
    expect(findings.map(({ name }) => name)).toEqual([
      "Node",
      "npm",
      "tfjs-node",
      "onnxruntime-node",
      "CUDA",
      "C++ compiler",
      "Python",
      "Python oracles",
      "browser",
      "embedded data",
      "ESC-10",
      "cache",
    ]);
    const byName = Object.fromEntries(findings.map((finding) => [finding.name, finding]));
    expect(byName.browser).toMatchObject({ state: "optional", repair: "npm run setup:browser" });
    expect(byName["C++ compiler"]).toMatchObject({ state: "optional" });
    expect(byName["onnxruntime-node"]?.detail).toMatch(/execution providers: .*\bcpu\b/);
    expect(ready).toBe(findings.every(({ state }) => state !== "missing"));
    expect(code).toBe(ready ? 0 : 1);
  });

  it("refuses what it does not know", async () => {
    const { code, complaints } = await runDoctor(["--jsno"]);
    expect(complaints).toBe("doctor: expected no option but --json, got --jsno\n");
    expect(code).toBe(1);
  });
});
