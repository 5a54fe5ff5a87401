import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { at } from "../../../common/at.ts";
import { createClassifier } from "../../../runtime/node.ts";
import { scaleDifference } from "../../../runtime/parity/compare-answers.ts";
import { findTopClass } from "../../../runtime/rank-labels.ts";
import { environmentPython, isEnvironmentReady } from "../../../setup/python/python-environment.ts";
import { projectFolder } from "../../../setup/run-tool.ts";
import { formatTable } from "../../screen/format-table.ts";
import { askParityPage } from "../targets/browser-target.ts";
import { UnavailableError } from "../targets/target.ts";
import { makeParityFiles, type ParityFile } from "./make-parity-files.ts";
import { describeError } from "../../../common/describe-error.ts";

/** Largest difference of logits on the same samples, for logits up to 3. */
const tolerance = 1e-4;

/** How far a decoder's logits are from ours, file by file. */
interface DecoderOutcome {
  readonly decoder: string;
  readonly unavailable?: string;
  readonly files: readonly {
    readonly name: string;
    /** At another rate than the model's: each decoder resamples in its own way, so the samples differ. */
    readonly isResampled: boolean;
    readonly maxLogitDifference: number;
    /** Of the reference's logits, without their signs. */
    readonly largestLogit: number;
    readonly topClassAgrees: boolean;
  }[];
}

export interface FileComparison {
  readonly outcomes: readonly DecoderOutcome[];
  /** Whether all decoders that this machine has agree on the files that need no resampling. */
  readonly passed: boolean;
}

type Decode = (folder: string, files: readonly string[]) => Promise<readonly (readonly number[])[]>;

const logitsSchema = z.array(z.number());

/** soundfile and soxr, by the script that shows the model in Python. */
const decodeInPython: Decode = async (folder, files) => {
  if (!isEnvironmentReady())
    throw new UnavailableError(
      "expected the Python environment of a clone, got none; npm run setup:python there makes it",
    );
  const script = path.join(projectFolder, "examples", "06-python.py");
  const paths = ["model.onnx", ...files].map((file) => path.join(folder, file));
  const { stdout } = await promisify(execFile)(environmentPython, [script, ...paths]);
  const lines = stdout.trim().split("\n");
  return lines.map((line) => logitsSchema.parse(JSON.parse(line.slice(line.lastIndexOf("[")))));
};

/** `decodeAudioData` of a real Chromium. */
const decodeInBrowser: Decode = async (folder, files) => {
  await writeFile(path.join(folder, "parity-files.json"), JSON.stringify(files));
  return z.array(logitsSchema).parse(await askParityPage(folder, "answerFiles()"));
};

const decoders = {
  "python (soundfile, soxr)": decodeInPython,
  "browser (decodeAudioData)": decodeInBrowser,
};

/**
 * Classifies whole files in Node, in Python and in a browser, each with a decoder and a resampler of its own, and
 * compares the logits with those of `classify`. Files at the model's rate are the same samples everywhere and must give
 * the same logits; what resampling alone changes is stated apart.
 */
export async function compareParityFiles(model: string): Promise<FileComparison> {
  const folder = await mkdtemp(path.join(tmpdir(), "earshot-files-"));
  try {
    const bytes = await readFile(model);
    await writeFile(path.join(folder, "model.onnx"), bytes);
    await using classifier = await createClassifier(bytes, { allowUnverified: true });
    const { sampleRateHz } = classifier.info;
    const files = makeParityFiles(sampleRateHz);
    const names = files.map((_, index) => `${index}.wav`);
    const expected: Float32Array[] = [];
    for (const [index, file] of files.entries()) {
      await writeFile(path.join(folder, at(names, index)), file.bytes);
      const logits = new Float32Array(classifier.info.labels.length);
      for (const { index: place, logit } of await classifier.classify(file.bytes)) logits[place] = logit;
      expected.push(logits);
    }
    const outcomes: DecoderOutcome[] = [];
    for (const [decoder, decode] of Object.entries(decoders))
      outcomes.push(
        await askDecoder(decoder, () => decode(folder, names), { files, expected, sampleRateHz }),
      );
    const isSame = ({ isResampled, topClassAgrees, ...file }: DecoderOutcome["files"][number]) =>
      isResampled ||
      (scaleDifference(file.maxLogitDifference, file.largestLogit) <= tolerance && topClassAgrees);
    return { outcomes, passed: outcomes.every((outcome) => outcome.files.every(isSame)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Expected {
  readonly files: readonly ParityFile[];
  readonly expected: readonly Float32Array[];
  readonly sampleRateHz: number;
}

async function askDecoder(
  decoder: string,
  decode: () => ReturnType<Decode>,
  { files, expected, sampleRateHz }: Expected,
): Promise<DecoderOutcome> {
  try {
    const answers = await decode();
    return {
      decoder,
      files: files.map((file, index) => {
        const actual = Float32Array.from(at(answers, index));
        const reference = at(expected, index);
        return {
          name: file.name,
          isResampled: file.sampleRateHz !== sampleRateHz,
          maxLogitDifference: Math.max(
            ...reference.map((logit, place) => Math.abs(logit - at(actual, place))),
          ),
          largestLogit: Math.max(...reference.map(Math.abs)),
          topClassAgrees: findTopClass(actual) === findTopClass(reference),
        };
      }),
    };
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return { decoder, unavailable: describeError(error), files: [] };
  }
}

/** A row for each file, and the largest difference with and without resampling. */
export function formatFileComparison({ outcomes, passed }: FileComparison): string {
  const available = outcomes.filter(({ unavailable }) => unavailable === undefined);
  const names = available[0]?.files.map(({ name }) => name) ?? [];
  const rows = names.map((name, index) => [
    name,
    ...available.map(({ files }) => {
      const { maxLogitDifference, topClassAgrees, isResampled } = at(files, index);
      const note = isResampled ? " resampled" : "";
      return `${maxLogitDifference.toExponential(1)}${note}${topClassAgrees ? "" : ", another class"}`;
    }),
  ]);
  const findLargest = ({ files }: DecoderOutcome, isResampled: boolean): string =>
    Math.max(
      ...files.filter((file) => file.isResampled === isResampled).map((file) => file.maxLogitDifference),
    ).toExponential(1);
  return [
    "whole files: largest difference of logits from earshot's decoder, resampler and classify",
    formatTable(
      ["file", ...available.map(({ decoder }) => decoder)],
      [
        ...rows,
        ["largest, same samples", ...available.map((outcome) => findLargest(outcome, false))],
        ["largest, resampled by each", ...available.map((outcome) => findLargest(outcome, true))],
      ],
    ),
    ...outcomes.flatMap(({ decoder, unavailable }) =>
      unavailable === undefined ? [] : [`${decoder} is not available: ${unavailable}`],
    ),
    `files with the same samples: ${passed ? "passed" : "FAILED"} (tolerance ${tolerance})`,
  ].join("\n");
}
