import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import path from "node:path";
import * as ort from "onnxruntime-node";
import { expect, it, vi } from "vitest";
import * as z from "zod";
import { chooseHeadProtocol } from "../../../pipeline/backbones/score-heads.ts";
import { readModel } from "../../../runtime/read-model.ts";
import { checkRecordings } from "../../../pipeline/runs/deal-clips.ts";
import { addFiles, makeFolder } from "../../datasets/temporary-folder.ts";
import { buildTinyBackbone } from "../../features/backbone/tiny-backbone.ts";
import { readNpy } from "../../python/npy.ts";
import { runCommand } from "../command-line.ts";
import { makeToneWav } from "../tiny-set.ts";

/** Tones of one second, so many a class; in one folder, with the class in the file's name. */
function makeSounds(low: number, high: number): string {
  const folder = makeFolder();
  const addClass = (label: string, pitchHz: number, count: number): void => {
    for (let clip = 1; clip <= count; clip++)
      addFiles(folder, {
        [`sounds/${label}_${clip}.wav`]: makeToneWav(pitchHz, `${label} ${clip}`, 1),
      });
  };
  addClass("low", 200, low);
  addClass("high", 3000, high);
  addFiles(folder, { "tiny.onnx": buildTinyBackbone() });
  return folder;
}

const options = [
  ...["--data", "sounds", "--name-pattern", "{class}_{group}"],
  ...["--backbone", "tiny.onnx", "--backbone-rate", "8000", "--run", "tiny"],
];

/** Each command starts a process that reads all stages, which takes its time on a busy machine. */
const timeoutMs = 300_000;

it(
  "start --backbone on 2 classes x 3 clips scores with an interval, and makes a proven model that predict and parity take",
  async () => {
    const folder = makeSounds(3, 3);
    const terms = ["--license", "MIT", "--data-license", "CC0-1.0"];
    const { code, stdout, stderr } = await runCommand(folder, "start", ...options, ...terms);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("named by --backbone");
    expect(stdout).toContain("a copy of each at 1.1 of its speed trains too");
    expect(stdout).toMatch(/% of 6 clips right, 95 % interval .* \(10 times cross-validated by recording\)/);
    expect(stdout).toContain("parity");
    const kept: unknown = JSON.parse(await readFile(path.join(folder, "tiny.backbone.json"), "utf8"));
    expect(kept).toMatchObject({ sampleRateHz: 8000, windowSamples: 64, dimensions: 5 });
    const predicted = await runCommand(folder, "predict", "sounds/high_1.wav", "--csv");
    expect(predicted.code, predicted.stderr).toBe(0);
    expect(predicted.stdout).toContain("high");
    const vectors = ["--model", "runs/tiny/model.onnx", "--per-window", "--out", "parts.jsonl"];
    expect((await runCommand(folder, "embed", "sounds/high_1.wav", ...vectors)).code).toBe(0);
    const [first = ""] = (await readFile(path.join(folder, "parts.jsonl"), "utf8")).split("\n");
    expect(JSON.parse(first)).toMatchObject({
      file: "sounds/high_1.wav",
      startSeconds: 0,
      endSeconds: 0.008,
    });
    const compared = await runCommand(folder, "parity", "--run", "tiny");
    expect(compared.code, compared.stderr).toBe(0);
    expect(compared.stdout).toContain("cpu");
    const exported = await runCommand(folder, "export", "--run", "tiny", "--author", "Ada");
    expect(exported.code, exported.stderr).toBe(0);
    const card = await readFile(path.join(folder, "runs/tiny/model-card.md"), "utf8");
    expect(card).toContain("Licence: MIT. Author: Ada. Licence of the training data: CC0-1.0.");
  },
  timeoutMs,
);

it(
  "start --backbone --multi-label makes a proven model in which each class stands for itself",
  async () => {
    const folder = makeSounds(2, 2);
    const rows = ["file,labels"];
    for (const take of [1, 2]) {
      for (const [name, pitchHz] of [
        ["both", 1000],
        ["none", 500],
      ] as const)
        addFiles(folder, { [`sounds/${name}_${take}.wav`]: makeToneWav(pitchHz, `${name} ${take}`, 1) });
      rows.push(
        `low_${take}.wav,low`,
        `high_${take}.wav,high`,
        `both_${take}.wav,high;low`,
        `none_${take}.wav,`,
      );
    }
    addFiles(folder, { "sounds/labels.csv": rows.join("\n") });
    const asked = ["--data", "sounds", "--multi-label", ...options.slice(4)];
    const { code, stdout, stderr } = await runCommand(folder, "start", ...asked);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/mean average precision .*% of 8 clips right.*10 times cross-validated/);
    expect(stdout).toContain("parity with cpu passed");
    const report = await readFile(path.join(folder, "runs/tiny/report.md"), "utf8");
    expect(report).toMatch(/\| test \| 10 \| 8 \|/);
    const model = await readFile(path.join(folder, "runs/tiny/model.onnx"));
    expect(readModel(model, "model")).toMatchObject({
      labels: ["high", "low"],
      labelling: "several",
      format: 3,
    });
    const session = await ort.InferenceSession.create(model);
    const samples = new ort.Tensor(
      Float32Array.from({ length: 800 }, (_, index) => Math.sin(index)),
      [1, 800],
    );
    const { logits, probabilities } = await session.run({ samples });
    const values = z.instanceof(Float32Array);
    const sigmoids = values.parse(logits?.data).map((logit) => 1 / (1 + Math.exp(-logit)));
    expect(sigmoids).toHaveLength(2);
    for (const [index, probability] of values.parse(probabilities?.data).entries())
      expect(probability).toBeCloseTo(sigmoids[index] ?? NaN, 5);
    const refused = await runCommand(folder, "start", ...asked, "--head", "nearest-centroid");
    expect(refused.stderr).toContain(
      "--head nearest-centroid: expected logistic-regression with --multi-label",
    );
  },
  timeoutMs,
);

/** `low1` is a clip of class low; `low1/2` one in fold 2. Each is a recording of its own. */
function describeClips(names: string) {
  const clips = names.split(" ").map((name) => {
    const [id = "", fold = "1"] = name.split("/");
    return { id, path: id, fold: Number(fold), source: id, label: id.replace(/\d+$/, "") };
  });
  return { labels: ["high", "low"], clips };
}

it("a class of one recording is a clear problem", () => {
  expect(() => {
    checkRecordings(describeClips("low1 low2 high1"));
  }).toThrow("expected at least 2 recordings of each, one to train and one to test, got 1 of high");
});

const spread = "low1/1 high1/1 low2/2 high2/2";
const lacking = "low1/1 high1/1 low2/2 high2/1";
const protocols = [
  [spread, {}, { name: "dealt", repeats: 10 }],
  [spread, { protocol: "cv5" }, { name: "cv5" }],
  [spread, { protocol: "holdout" }, { name: "holdout", testFold: 1 }],
  [spread, { testFold: 2 }, { name: "holdout", testFold: 2 }],
  [spread, { protocol: "final" }, { name: "final" }],
  [lacking, {}, { name: "dealt", repeats: 10 }],
  [Array(60).fill(spread).join(" "), {}, { name: "cv5" }],
  [Array(60).fill(lacking).join(" "), {}, { name: "dealt", repeats: 1 }],
  [
    lacking,
    { protocol: "cv5" },
    "fold 1: expected clips of every class in the other folds, to train on, got none of high",
  ],
  [spread, { protocol: "report" }, "--protocol: expected cv5, holdout or final"],
  [spread, { testFold: 7 }, "--test-fold: expected a fold with clips (1, 2), got 7"],
  ["low1 high1", { protocol: "cv5" }, "--protocol cv5: expected at least 2 folds, got 1"],
] as const;

it.each(protocols)("clips %s with %o", (names, asked, expected) => {
  const choose = () => chooseHeadProtocol(describeClips(names), asked);
  if (typeof expected === "string") expect(choose).toThrow(expected);
  else expect(choose()).toEqual(expected);
});

/** Serves the bytes on loopback as a file that can be continued; the first answer breaks off in the middle. */
async function serveWithBreak(bytes: Uint8Array, part: string) {
  const ranges: unknown[] = [];
  const server = createServer(({ headers }, response) => {
    ranges.push(headers.range);
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
    response.writeHead(start === 0 ? 200 : 206, { "Content-Length": bytes.length - start });
    if (start > 0) response.end(bytes.subarray(start));
    else response.write(bytes.subarray(0, 1000), () => void endOnce(() => sizeOf(part) === 1000, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a TCP address");
  return { url: `http://127.0.0.1:${address.port}/models/tiny.onnx`, ranges, server };
}

/** Breaks off once it is true: a client may throw away what it has not read when it sees the end. */
async function endOnce(isTrue: () => boolean, response: ServerResponse): Promise<void> {
  await vi.waitFor(() => {
    if (!isTrue()) throw new Error("expected the client to have kept 1000 bytes");
  }, timeoutMs);
  response.socket?.end();
}

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size;

it(
  "backbones --fetch goes on after a break and checks the hash; embed and similar take what was set up",
  async () => {
    const folder = makeSounds(2, 2);
    const bytes = buildTinyBackbone({ dimensions: 50 });
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const part = path.join(folder, ".cache", "backbones", "tiny.onnx.part");
    const { url, ranges, server } = await serveWithBreak(bytes, part);
    const fetch = ["backbones", "--fetch", url, "--backbone-rate", "8000", "--sha256"];
    try {
      const broken = await runCommand(folder, ...fetch, sha256);
      expect(broken.code).toBe(1);
      expect(broken.stderr).toContain("got a break after 1000 bytes");
      expect(broken.stderr).toContain("copy it to this one, then npx earshot backbones --use FILE");
      const used = await runCommand(folder, ...fetch, sha256);
      expect(used.code, used.stderr).toBe(0);
      expect(used.stdout).toContain(`SHA-256 ${sha256}`);
      await runCommand(folder, ...fetch, sha256); // is there already
      expect(ranges).toEqual([undefined, "bytes=1000-"]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
    expect((await runCommand(folder, "embed", "sounds")).code).toBe(0);
    const lines = (await readFile(path.join(folder, "vectors.jsonl"), "utf8")).trim().split("\n");
    expect(lines).toHaveLength(4);
    expect((await runCommand(folder, "embed", "sounds", "--out", "vectors.npy")).code).toBe(0);
    const { shape } = readNpy(await readFile(path.join(folder, "vectors.npy")));
    expect(shape).toEqual([4, 100]);
    const similar = await runCommand(folder, "similar", "sounds/low_1.wav", "sounds", "--top", "1");
    expect(similar.stdout).toContain("low_2.wav");
  },
  timeoutMs,
);
