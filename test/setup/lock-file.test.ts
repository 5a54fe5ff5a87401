import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import * as z from "zod";
import { projectFolder } from "../../setup/run-tool.ts";

const dependencies = z.record(z.string(), z.string()).default({});
const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ dependencies, optionalDependencies: dependencies })),
});

/** Where npm finds a package for the one at `from`: beside it, then ever further up. */
function resolvePackage(packages: Readonly<Record<string, unknown>>, from: string, name: string): boolean {
  const above = from.includes("node_modules/") ? from.slice(0, from.lastIndexOf("node_modules/")) : "";
  const inside = from === "" ? `node_modules/${name}` : `${from}/node_modules/${name}`;
  if (inside in packages) return true;
  return from !== "" && resolvePackage(packages, above.replace(/\/$/, ""), name);
}

it("locks every package for every platform: npm ci refuses a lock file with a gap", () => {
  const text = readFileSync(path.join(projectFolder, "package-lock.json"), "utf8");
  const { packages } = lockSchema.parse(JSON.parse(text));
  const gaps = Object.entries(packages).flatMap(([from, entry]) =>
    Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter((name) => !resolvePackage(packages, from, name))
      .map((name) => `${from} wants ${name}`),
  );
  expect(gaps).toEqual([]);
});
