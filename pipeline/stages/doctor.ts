import { UserError } from "../../common/user-error.ts";
import { findBrowser } from "../../setup/browser/find-browser.ts";
import { type Finding, formatFindings } from "../../setup/doctor/format-findings.ts";
import { defineStage } from "../command-line/stage.ts";
import { defaultModelPath } from "../default-model.ts";
import { cacheFolder } from "../program-folders.ts";
import { readVersion } from "../runs/environment.ts";
import { describeErrorLine } from "../../common/describe-error.ts";

/** Of the installed package; in the repository setup/doctor/doctor.ts answers, which knows what a clone needs. */
export const doctorStage = defineStage({
  name: "doctor",
  options: { json: { type: "boolean", default: false, describe: "print one JSON object" } },
  examples: [["doctor", "what this machine has"]],
  run: async ({ json }) => {
    const findings = [
      await inspectProgram(),
      await inspectOnnxruntime(),
      await inspectPackage(
        "@tensorflow/tfjs-node",
        "a second training engine; ONNX Runtime trains without it",
      ),
      await inspectPackage("@audio/decode-aac", "M4A, MP4 and AAC files need it; its licence is GPL-2.0"),
      await inspectPackage("playwright-core", "parity in a browser (wasm, webgpu) needs it"),
      inspectBrowser(),
      await inspectModel(),
      { name: "cache", state: "ok", detail: `${cacheFolder}; may be deleted` } as const,
    ];
    const isReady = findings.every(({ state }) => state !== "missing");
    if (json) console.log(JSON.stringify({ ready: isReady, findings }, null, 2));
    else
      console.log(
        `${formatFindings(findings)}\n\n${isReady ? "Ready: npx earshot start ./sounds" : "Not ready: repair what is MISSING"}`,
      );
    if (!isReady) process.exitCode = 1;
  },
});

async function inspectProgram(): Promise<Finding> {
  const detail = `${await readVersion()} on Node ${process.version} ${process.platform}-${process.arch}`;
  return { name: "earshot", state: "ok", detail };
}

async function inspectOnnxruntime(): Promise<Finding> {
  const name = "onnxruntime-node";
  try {
    const { listSupportedBackends } = await import("onnxruntime-node");
    const providers = listSupportedBackends().map((backend) => backend.name);
    return { name, state: "ok", detail: `execution providers: ${providers.join(", ")}` };
  } catch (error) {
    const repair = "ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node";
    return { name, state: "missing", detail: describeErrorLine(error), repair };
  }
}

async function inspectPackage(name: string, use: string): Promise<Finding> {
  try {
    await import(name);
    return { name, state: "ok", detail: "installed" };
  } catch {
    return { name, state: "optional", detail: use, repair: `npm install ${name}` };
  }
}

function inspectBrowser(): Finding {
  const name = "browser";
  const browser = findBrowser();
  if (browser !== undefined) return { name, state: "ok", detail: browser };
  return { name, state: "optional", detail: "no Chromium or Chrome; parity in a browser needs one" };
}

async function inspectModel(): Promise<Finding> {
  try {
    return { name: "model", state: "ok", detail: await defaultModelPath() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { name: "model", state: "optional", detail: error.message };
  }
}
