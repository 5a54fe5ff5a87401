import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { downloadFile } from "../../common/download/download-file.ts";
import { UserError } from "../../common/user-error.ts";
import { knownBackbones } from "../../features/backbone/known-backbones.ts";
import type { BackboneOptions } from "../../features/backbone/open-backbone.ts";
import { cacheFolder } from "../program-folders.ts";
import { createProgress } from "../screen/progress.ts";

/** A file on this machine, and what is known of it beside what it says itself. */
interface FetchedBackbone {
  readonly file: string;
  readonly sha256: string;
  readonly known: BackboneOptions;
}

/**
 * Downloads a known backbone, or the ONNX file at an address, into the cache. A download that broke off is continued;
 * a file that is there already, with the right hash, is taken as it is.
 * @param wanted a name of `knownBackbones`, or an http(s) address
 * @param sha256 what an address's file must hash to; undefined: not checked
 * @throws UserError for a name without a file, a host that cannot be reached, another hash
 */
export async function fetchBackbone(wanted: string, sha256: string | undefined): Promise<FetchedBackbone> {
  const { url, name, expected, known } = locate(wanted, sha256);
  const file = path.join(cacheFolder, "backbones", `${name}.onnx`);
  if (expected !== undefined && (await hashFile(file)) === expected) return { file, sha256: expected, known };
  const progress = createProgress(`${name}, MB`);
  try {
    const got = await downloadFile(url, file, {
      sha256: expected,
      remedy:
        `Without a network here: download it on another machine, copy it to this one, then npx earshot backbones --use FILE` +
        `${expected === undefined ? "" : ` (SHA-256 ${expected})`}. In the package: --backbone pretrained`,
      onProgress: (done, total) => {
        progress.update(Math.round(done / 1e6), Math.round((total ?? done) / 1e6));
      },
    });
    return { file, sha256: got, known };
  } finally {
    progress.end();
  }
}

function locate(wanted: string, sha256: string | undefined) {
  if (/^https?:\/\//.test(wanted)) {
    if (!URL.canParse(wanted)) throw new UserError(`--fetch: expected an address, got ${wanted}`);
    const name = path.posix.basename(new URL(wanted).pathname).replace(/\.onnx$/, "");
    const readable = name.replaceAll(/[^\w.-]+/g, "-") || "backbone";
    return { url: wanted, name: readable, expected: sha256?.toLowerCase(), known: { source: wanted } };
  }
  const found = knownBackbones.find(({ name }) => name === wanted);
  if (found === undefined)
    throw new UserError(
      `--fetch: expected ${knownBackbones.map(({ name }) => name).join(", ")} or an address, got ${wanted}`,
    );
  const { name, file, note, sampleRateHz, windowSamples, dimensions, license } = found;
  if (file === undefined)
    throw new UserError(
      `--fetch ${name}: expected a published ONNX file, its authors publish none: ${note}; then npx earshot backbones --use FILE`,
    );
  const known = { sampleRateHz, windowSamples, dimensions, license, source: file.url };
  return { url: file.url, name, expected: file.sha256, known };
}

async function hashFile(file: string): Promise<string | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes === undefined ? undefined : createHash("sha256").update(bytes).digest("hex");
}
