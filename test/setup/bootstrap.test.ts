import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Ending,
  makeProject,
  makeTemporaryFolder,
  printArguments,
  startScript,
  writeManifest,
  writeStage,
} from "./temporary-project.ts";

function run(project: string, args: readonly string[]): Promise<Ending> {
  return startScript(project, "setup/bootstrap.mjs", args).ended;
}

const hasInstalled = ({ complaints }: Ending): boolean => complaints.includes("with npm ci");

describe("bootstrap", () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let project: string;

  beforeAll(async () => {
    folder = await makeTemporaryFolder();
    project = await makeProject(folder.path);
  });

  afterAll(() => folder[Symbol.asyncDispose]());

  it("installs once, and again only when the lock file asks for something else", async () => {
    const stamp = path.join(project, "node_modules", ".earshot-installed");

    const first = await run(project, ["report"]);
    expect(first.code, first.complaints).toBe(0);
    expect(hasInstalled(first)).toBe(true);
    expect(hasInstalled(await run(project, ["report"])), "nothing changed").toBe(false);

    await rm(stamp);
    expect(hasInstalled(await run(project, ["report"])), "npm was called by hand").toBe(false);

    await writeManifest(project, ["one", "two"]);
    expect(hasInstalled(await run(project, ["report"])), "a new package").toBe(true);

    await rm(stamp);
    await rm(path.join(project, "node_modules", ".package-lock.json"));
    expect(hasInstalled(await run(project, ["report"])), "an install was cut short").toBe(true);
  });

  it("hands every argument to the stage as it came, and ends with the stage's exit code", async () => {
    await writeStage(project, "console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7;");
    const args = ["predict", "a b.wav", "--json", "--name=ünï", "", "$HOME", "*"];
    const { code, output } = await run(project, args);
    expect(JSON.parse(output.trim().split("\n").at(-1) ?? "")).toEqual(args);
    expect(code).toBe(7);
  });

  it("goes on without TensorFlow when its set-up fails, and leaves it alone for --help", async () => {
    await writeStage(project, printArguments);
    await writeFile(
      path.join(project, "setup", "tensorflow", "setup-tfjs-node.ts"),
      "console.error('no compiler'); process.exitCode = 1;",
    );
    const { code, output, complaints } = await run(project, ["start", "--epochs", "1"]);
    expect(complaints).toContain("no compiler");
    expect(output).toContain(JSON.stringify(["start", "--epochs", "1"]));
    expect(code).toBe(0);

    const help = await run(project, ["start", "--help"]);
    expect(help.complaints).not.toContain("no compiler");
  });

  it.skipIf(process.platform === "win32")("passes a signal on, and ends as the stage ends", async () => {
    const wait = 'console.log("begun"); setInterval(() => {}, 1000);';

    await writeStage(project, `process.on("SIGTERM", () => process.exit(5)); ${wait}`);
    const graceful = startScript(project, "setup/bootstrap.mjs", ["report"]);
    await graceful.printed("begun");
    graceful.kill("SIGTERM");
    expect(await graceful.ended).toMatchObject({ code: 5, signal: null });

    await writeStage(project, wait);
    const abrupt = startScript(project, "setup/bootstrap.mjs", ["report"]);
    await abrupt.printed("begun");
    abrupt.kill("SIGTERM");
    expect(await abrupt.ended).toMatchObject({ code: null, signal: "SIGTERM" });
  });

  it("refuses an old Node in one line", async () => {
    await writeManifest(project, ["one"], ">=1000.0");
    const { code, complaints } = await run(project, ["report"]);
    expect(complaints).toBe(
      `earshot: Node 1000.0 or newer is needed, this is ${process.versions.node} (${process.execPath})\n`,
    );
    expect(code).toBe(1);
  });

  it("stops when npm refuses the lock file, and tries again the next time", async () => {
    await writeManifest(project, ["one"]);
    const lock = await readFile(path.join(project, "package-lock.json"));
    await writeManifest(project, ["one", "two", "three"]);
    await writeFile(path.join(project, "package-lock.json"), lock);
    for (const attempt of ["first", "second"]) {
      const { code, output, complaints } = await run(project, ["report"]);
      expect(complaints, attempt).toMatch(/^earshot: npm ci failed/m);
      expect(output, "the stage did not run").not.toContain("report");
      expect(code).toBe(1);
    }
  });
});
