import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { glob } from "tinyglobby";
import * as z from "zod";

/** What decides, beside a job's settings, what it computes. */
export const versionsSchema = z.strictObject({
  /** Name and version of this program. */
  program: z.string(),
  /** 12 hexadecimal digits over the program's source. */
  code: z.string(),
  /** Versions of the packages that compute; absent packages are left out. */
  engines: z.record(z.string(), z.string()),
});

export type Versions = z.infer<typeof versionsSchema>;

/** Rooms whose code can change a result; what a terminal or a page shows is not among them. */
const rooms = [
  ...["common", "onnx", "features", "datasets", "models", "run-files", "heads", "training"],
  ...["tfjs-backend-onnxruntime", "runtime", "queue", "pipeline/jobs", "pipeline/runs"],
];

const source = rooms.flatMap((room) => [`${room}/**/*.ts`, `${room}/**/*.js`]);

const engines = ["@tensorflow/tfjs", "@tensorflow/tfjs-node", "onnxruntime-node"];

const packageSchema = z.object({ name: z.string(), version: z.string() });

/** Else the compiled package, whose modules lie flat in one folder. */
const isSource = import.meta.url.endsWith(".ts");

/** The versions of this process. */
export async function readVersions(): Promise<Versions> {
  const root = fileURLToPath(new URL(isSource ? ".." : "../..", import.meta.url));
  const program = packageSchema.parse(JSON.parse(await readFile(`${root}package.json`, "utf8")));
  return {
    program: `${program.name} ${program.version}`,
    code: await (isSource
      ? hashCode(root, source)
      : hashCode(fileURLToPath(new URL(".", import.meta.url)), ["*.js"])),
    engines: Object.fromEntries((await Promise.all(engines.map(readEngine))).flat()),
  };
}

async function hashCode(root: string, patterns: readonly string[]): Promise<string> {
  const files = await glob([...patterns], { cwd: root, ignore: ["**/*.d.ts"] });
  const hash = createHash("sha256");
  for (const file of files.sort()) hash.update(`${file}\n`).update(await readFile(`${root}${file}`));
  return hash.digest("hex").slice(0, 12);
}

async function readEngine(name: string): Promise<[string, string][]> {
  try {
    const file = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return [[name, packageSchema.parse(JSON.parse(await readFile(file, "utf8"))).version]];
  } catch {
    return []; // not installed: a job that needs it says so
  }
}

/** What a job needs that these versions do not have, or undefined where they are the same. */
export function describeOtherVersions(needed: Versions, own: Versions): string | undefined {
  const parts: string[] = [];
  if (needed.program !== own.program) parts.push(`needs ${needed.program}, this is ${own.program}`);
  else if (needed.code !== own.code) parts.push(`needs code ${needed.code}, this is code ${own.code}`);
  for (const [name, version] of Object.entries(needed.engines)) {
    const found = own.engines[name];
    if (found !== version) parts.push(`needs ${name} ${version}, this has ${found ?? "none"}`);
  }
  return parts.length === 0 ? undefined : parts.join("; ");
}
