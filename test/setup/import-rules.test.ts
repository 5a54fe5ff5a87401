import { execFile } from "node:child_process";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { z } from "zod";
import { projectFolder } from "../../setup/run-tool.ts";
import { makeTemporaryFolder } from "./temporary-project.ts";

const ruleFile = z.object({
  forbidden: z.array(z.object({ name: z.string(), comment: z.string().optional() })),
});

/** Runs the project's dependency rules over a few made-up files, as `npm run check` does over the real ones. */
async function checkImports(files: Readonly<Record<string, string>>): Promise<string> {
  await using folder = await makeTemporaryFolder();
  for (const name of [".dependency-cruiser.cjs", "tsconfig.json", "package.json"]) {
    await cp(path.join(projectFolder, name), path.join(folder.path, name));
  }
  await symlink(path.join(projectFolder, "node_modules"), path.join(folder.path, "node_modules"), "junction");
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder.path, name)), { recursive: true });
    await writeFile(path.join(folder.path, name), text);
  }
  const script = path.join(
    projectFolder,
    "node_modules",
    "dependency-cruiser",
    "bin",
    "dependency-cruise.mjs",
  );
  const rooms = new Set(Object.keys(files).map((name) => name.split("/")[0] ?? ""));
  const run = promisify(execFile)(process.execPath, [script, "--output-type", "err-long", ...rooms], {
    cwd: folder.path,
  });
  return await run.then(
    ({ stdout }) => stdout,
    (error: unknown) => (error instanceof Error && "stdout" in error ? String(error.stdout) : String(error)),
  );
}

it("names the file, the room and the broken rule", async () => {
  const complaint = await checkImports({
    "training/fit.ts": 'import "../onnx/graph.ts";\n',
    "onnx/graph.ts": "export {};\n",
  });
  expect(complaint).toContain("training-imports: training/fit.ts");
  expect(complaint).toContain("onnx/graph.ts");
  expect(complaint).toContain("training/ may import only: training, common, models, features, datasets");
});

it("keeps TensorFlow out of what a classifying app installs", async () => {
  const complaint = await checkImports({ "runtime/node.ts": 'import "@tensorflow/tfjs";\n' });
  expect(complaint).toContain("runtime-without-tensorflow: runtime/node.ts");
});

it("keeps tests and benchmarks apart", async () => {
  const complaint = await checkImports({
    "test/x.ts": 'import "../benchmarks/y.ts";\n',
    "test/benchmarks/x.ts": 'import "../../benchmarks/y.ts";\n',
    "test/z.ts": "export {};\n",
    "benchmarks/y.ts": 'import "../test/z.ts";\n',
  });
  expect(complaint).toContain("tests-without-benchmarks: test/x.ts");
  expect(complaint).toContain("benchmarks-without-tests: benchmarks/y.ts");
  expect(complaint).not.toContain("test/benchmarks/x.ts");
});

it("lets a room import what the table allows", async () => {
  const answer = await checkImports({
    "training/fit.ts": 'import "../models/network.ts";\n',
    "models/network.ts": "export {};\n",
  });
  expect(answer).toContain("no dependency violations found");
});

it("is the table of docs/architecture.md", async () => {
  const { forbidden } = ruleFile.parse(
    createRequire(import.meta.url)(path.join(projectFolder, ".dependency-cruiser.cjs")),
  );
  const allowed = forbidden.flatMap(({ name, comment }) => {
    const [, room, list] = /^(\S+)\/ may import only: (.*) \(/.exec(comment ?? "") ?? [];
    if (room === undefined || list === undefined) return [];
    expect(name).toBe(`${room}-imports`);
    const others = list.split(", ").filter((other) => other !== room);
    return [[room, others.length > 0 ? others.join(", ") : "nothing of ours"] as const];
  });
  const page = await readFile(path.join(projectFolder, "docs", "architecture.md"), "utf8");
  const rows = page.split("\n").flatMap((line) => {
    const [, room, , rooms] = /^\| `([\w-]+)\/` +\|([^|]*)\|([^|]*)\|$/.exec(line) ?? [];
    return room === undefined || rooms === undefined ? [] : [[room, rooms.trim()] as const];
  });
  const free = new Set(["pipeline", "benchmarks", "test", "examples"]);
  expect(new Map(rows.filter(([room]) => !free.has(room)))).toEqual(new Map(allowed));
});
