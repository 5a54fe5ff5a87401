import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { projectFolder } from "../../setup/run-tool.ts";

/** MobileNetV2 for images, which Keras trained and its converter wrote: https://github.com/infinitered/nsfwjs (MIT). */
const packageName = "nsfwjs@4.4.0";
const integrity =
  "sha512-krC1fgeTLXtZwgdpKJ0jm7hqv0gTSRQQRL+FhOaxaJ9Wj92t42BO3csO2odwgTAgZgf2RvkwPtp0R8Aa7dc+MA==";
const parts = ["model.min.js", "group1-shard1of1.min.js"];
const folder = path.join(projectFolder, ".cache", "third-party", "nsfwjs-4.4.0");

/**
 * The `model.json` of a package that ships its weights, fetched from npm once (25 MB, too large for a dependency).
 * @returns its path, or why there is none
 */
export function fetchThirdPartyModel(): { readonly file: string } | { readonly missing: string } {
  const file = path.join(folder, "model.json");
  if (existsSync(file)) return { file };
  const temporary = `${folder}.tmp-${process.pid}`;
  try {
    mkdirSync(temporary, { recursive: true });
    const archive = pack(temporary);
    const actual = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
    if (actual !== integrity) return { missing: `${packageName}: expected ${integrity}, got ${actual}` };
    const inside = parts.map((part) => `package/dist/models/mobilenet_v2/${part}`);
    execFileSync("tar", ["xzf", archive, "-C", temporary, ...inside]);
    writeFileSync(path.join(temporary, "package.json"), '{"type":"commonjs"}');
    const load: (file: string) => unknown = createRequire(import.meta.url);
    const [model, weights] = inside.map((part) => load(path.join(temporary, part)));
    writeFileSync(path.join(temporary, "group1-shard1of1"), Buffer.from(String(weights), "base64"));
    writeFileSync(path.join(temporary, "model.json"), JSON.stringify(model));
    rmSync(archive);
    renameSync(temporary, folder);
    return { file };
  } catch (error) {
    return {
      missing: `${packageName} cannot be fetched: ${error instanceof Error ? error.message : String(error)}`,
    };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function pack(destination: string): string {
  const isWindows = process.platform === "win32"; // npm is a script there, which only a shell runs
  const options = {
    encoding: "utf8",
    timeout: 120_000,
    stdio: "pipe",
    shell: isWindows,
  } as const;
  const printed = execFileSync("npm", ["pack", packageName, "--pack-destination", destination], options);
  return path.join(destination, printed.trim().split("\n").at(-1) ?? "");
}
