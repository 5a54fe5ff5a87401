import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { runCommand } from "../command-line.ts";
import { makeWorkplace } from "../tiny-set.ts";

vi.setConfig({ testTimeout: 240_000 }); // it runs a program that loads TensorFlow

/** The payloads of a TFRecord file: length (8 bytes), its checksum (4), payload, its checksum (4), little endian. */
function* readRecords(bytes: Buffer): Iterable<Buffer> {
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    yield bytes.subarray(at + 12, at + 12 + length);
    at += 12 + length + 4;
  }
}

it("--tensorboard writes an event file with the metrics of every epoch, and every run a log", async () => {
  const { folder } = makeWorkplace();
  const settings = ["--data", "sounds", "--recipe", "report", "--extractor", "graph", "--batch-size", "4"];
  const ending = await runCommand(
    folder,
    ...["train", ...settings, "--epochs", "2", "--run", "tiny", "--tensorboard"],
  );
  expect(ending).toMatchObject({ code: 0 });
  expect(await readFile(path.join(folder, "runs/tiny/log.txt"), "utf8")).toMatch(
    /training with .*\n.*finished\n$/,
  );
  const events = path.join(folder, "runs/tiny/tensorboard");
  const [file = ""] = await readdir(events);
  const records = [...readRecords(await readFile(path.join(events, file)))].map((record) =>
    record.toString("latin1"),
  );
  expect(records[0]).toContain("brain.Event:2");
  for (const name of ["trainLoss", "trainAccuracy", "validationLoss", "validationAccuracy", "learningRate"])
    expect(records.filter((record) => record.includes(name))).toHaveLength(2);
});
