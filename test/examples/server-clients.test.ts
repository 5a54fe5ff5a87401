import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultFeatureConfig, hashFeatureConfig } from "../../features/feature-config.ts";
import { createServer, type EarshotServer } from "../../server/index.ts";
import { launchPlainBrowser } from "../../setup/browser/launch-browser.ts";
import { servePages } from "../../setup/browser/serve-pages.ts";
import { projectFolder, runTool } from "../../setup/run-tool.ts";
import { describeWithBrowser } from "../browser/launch-browser.ts";
import { describeWithOracle, runPython } from "../python/oracle.ts";
import { encodeWav } from "../runtime/audio/wav.ts";
import { buildTinyModel, createTinyMetadata, makeLevel } from "../runtime/tiny-model.ts";

// One real server, on a model that knows how loud a sound is, at the rate of real ones.
const features = { ...defaultFeatureConfig, clipSeconds: 0.5 };
const rateHz = features.sampleRateHz;
const inExamples = (name: string) => join(projectFolder, "examples", name);

let folder = "";
let server: EarshotServer;
let origin = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earshot-clients-"));
  const metadata = createTinyMetadata({ features, featureHash: hashFeatureConfig(features) });
  await writeFile(join(folder, "model.onnx"), buildTinyModel(metadata));
  const night = new Float32Array(3 * rateHz);
  night.set(makeLevel(0.5, rateHz), rateHz);
  await writeFile(join(folder, "night.wav"), encodeWav(night, rateHz));
  await writeFile(join(folder, "loud.wav"), encodeWav(makeLevel(0.5, rateHz / 2), rateHz));
  server = await createServer({
    model: join(folder, "model.onnx"),
    workers: 1,
    logLevel: "silent",
    cors: ["*"],
  });
  origin = await server.app.listen({ port: 0, host: "127.0.0.1" });
});
afterAll(async () => {
  await server.stop(0);
  await rm(folder, { recursive: true, force: true });
});

describe("clients of the server", () => {
  it("08 asks with curl", async () => {
    const { stdout } = await promisify(execFile)("sh", [
      inExamples("08-server-curl.sh"),
      origin,
      join(folder, "loud.wav"),
    ]);
    expect(stdout.match(/"labels":\[\{"label":"loud"/g)).toHaveLength(2);
    expect(stdout).toMatch(/\{"type":"event".*"label":"loud".*\}\n\{"type":"end"\}/);
  });

  it("09 asks from Node, for several files", async () => {
    const { code, output } = await runTool("tsx", [
      ...["examples/09-server-node.ts", origin, join(folder, "loud.wav"), join(folder, "night.wav")],
    ]);
    expect(code, output).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      results: [{ labels: [{ label: "loud" }] }, { labels: [{}] }],
    });
  });
});

describeWithOracle("clients of the server, in Python", () => {
  it("10 reads events", async () => {
    const script = await readFile(inExamples("10-server-python.py"), "utf8");
    const output = await runPython(script, "", [origin, join(folder, "night.wav")]);
    expect(output.toString()).toMatch(/to \d\.\d s: loud\n/);
  });
});

describeWithBrowser("clients of the server, in a page", () => {
  it("11 shows what its microphone plays", async () => {
    const tone = Float32Array.from({ length: 96_000 }, (_, index) => Math.sin(index / 10) * 0.9);
    await writeFile(join(folder, "tone.wav"), encodeWav(tone, 48_000));
    const page = await readFile(inExamples("11-server-microphone.html"), "utf8");
    const pages = await servePages((path) => (path === "/" ? { body: page, type: "text/html" } : undefined));
    const browser = await launchPlainBrowser([
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-audio-capture=${join(folder, "tone.wav")}`,
      "--autoplay-policy=no-user-gesture-required",
    ]);
    try {
      const tab = await browser.newPage();
      await tab.goto(`${pages.origin}/?server=${origin.replace("http", "ws")}`);
      await tab.locator("#start").click();
      await tab.waitForFunction("/Now: loud/.test(document.body.innerText)", undefined, { timeout: 60_000 });
    } finally {
      await browser.close();
      await pages.close();
    }
  });
});
