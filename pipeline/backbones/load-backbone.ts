import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import * as ort from "onnxruntime-node";
import { UserError } from "../../common/user-error.ts";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { type Backbone, backboneSchema } from "../../features/backbone/backbone.ts";
import type { OpenedBackbone } from "../../features/backbone/embedding-graph.ts";
import { type LogMelInput, logMelInputs, logMelInputSchema } from "../../features/backbone/log-mel-config.ts";
import { type BackboneOptions, openBackbone } from "../../features/backbone/open-backbone.ts";
import { pretrainedPath } from "../default-model.ts";
import { cacheFolder } from "../program-folders.ts";

/** A backbone that was checked, and its file. */
export interface LoadedBackbone extends OpenedBackbone {
  readonly file: string;
}

const backboneFolder = path.join(cacheFolder, "backbones");

/** The options that say of a backbone what its file does not (`backboneFileOptions`). */
export interface BackboneFileArguments {
  readonly backboneRate?: number | undefined;
  readonly backboneWindow?: number | undefined;
  readonly backboneInput?: string | undefined;
  readonly backboneOutput?: string | undefined;
}

/** @throws UserError for an input that is no known name, and a file that does not describe one */
export async function readBackboneOptions(args: BackboneFileArguments): Promise<BackboneOptions> {
  const { backboneRate, backboneWindow: windowSamples, backboneInput: named, backboneOutput: output } = args;
  const input =
    named === undefined ? undefined : (logMelInputs[named] ?? { logMel: await readLogMel(named) });
  const sampleRateHz = backboneRate ?? (input && "sampleRateHz" in input ? input.sampleRateHz : undefined);
  return dropAbsent({ sampleRateHz, windowSamples, output, logMel: input?.logMel });
}

async function readLogMel(file: string): Promise<LogMelInput> {
  const expected = `--backbone-input: expected ${Object.keys(logMelInputs).join(", ")} or a JSON file`;
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UserError(`${expected}, got ${file}: ${describeCode(error)}`);
  });
  try {
    return logMelInputSchema.parse(JSON.parse(text));
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    const reason = issue === undefined ? "other text" : `${issue.path.join(".")}: ${issue.message}`;
    throw new UserError(`${expected} as docs/few-shot.md describes it, got in ${file}: ${reason}`);
  }
}

/** Stands for the model that is in the package. */
const pretrainedName = "pretrained";

/**
 * Opens a backbone, a file's or `pretrained`, as `model.backbone.json` beside it says, or by running it; what was found
 * out is kept there, or in the cache where the folder cannot be written.
 * @throws UserError, one line, when it cannot be used
 */
export async function loadBackbone(named: string, options: BackboneOptions = {}): Promise<LoadedBackbone> {
  const file = named === pretrainedName ? pretrainedPath : named;
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UserError(`${file}: expected a backbone (an ONNX file), got ${describeCode(error)}`);
  });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const cached = path.join(backboneFolder, `${sha256}.json`);
  const beside = file === pretrainedPath ? cached : file.replace(/(\.onnx)?$/, ".backbone.json");
  const known = (await readDescription(beside, sha256)) ?? (await readDescription(cached, sha256));
  if (known !== undefined && agrees(known, options)) return { backbone: known, bytes, file };
  const backbone = await openBackbone(bytes, file, { ...pickKnown(known), ...dropAbsent(options) }, ort);
  const text = `${JSON.stringify(backbone, null, 2)}\n`;
  await writeFileAtomically(beside, text).catch(() => writeFileAtomically(cached, text));
  return { backbone, bytes, file };
}

/** A description of another file of the same name says nothing. */
async function readDescription(file: string, sha256: string): Promise<Backbone | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const read = backboneSchema.parse(JSON.parse(text));
    return read.sha256 === sha256 ? read : undefined;
  } catch {
    throw new UserError(
      `${file}: expected the description of a backbone, got other JSON; remove it to have it made anew`,
    );
  }
}

function agrees(
  known: Backbone,
  { sampleRateHz, windowSamples, output, logMel = known.logMel }: BackboneOptions,
): boolean {
  return (
    (sampleRateHz ?? known.sampleRateHz) === known.sampleRateHz &&
    (windowSamples ?? known.windowSamples) === known.windowSamples &&
    (output ?? known.output.name) === known.output.name &&
    JSON.stringify(logMel) === JSON.stringify(known.logMel)
  );
}

/** Source and licence stay when the rest is found out anew. */
function pickKnown(known: Backbone | undefined): BackboneOptions {
  return known === undefined ? {} : { source: known.source, license: known.license, logMel: known.logMel };
}

function dropAbsent(options: BackboneOptions): BackboneOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function describeCode(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code === "ENOENT" ? "no such file" : code === "EISDIR" ? "a folder" : "a file that cannot be read";
}
