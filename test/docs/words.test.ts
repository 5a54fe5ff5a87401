import { readFile } from "node:fs/promises";
import path from "node:path";
import { glob } from "tinyglobby";
import { describe, expect, it } from "vitest";
import { projectFolder } from "../../setup/run-tool.ts";

/** Words that the project does not use, each with what to write instead. A new row is one line. */
const words: readonly (readonly [word: RegExp, instead: string])[] = [
  [/\b(hears?|heard|hearing)\b/i, "classify, contain, or the network's input: a model does not hear"],
  [/(Hear|heard)[A-Z]|Heard\b/, "classify or score: a model does not hear"],
  [/\bears\b/i, "classifier"],
  [/\bhouse\b/i, "project, code, module"],
  [/\bbrings?\b/i, "downloads, installs, adds"],
  [/\brightly\b/i, "correctly"],
  [/\btells\b/i, "says, prints, reports"],
  [/\bwhat came\b/i, "what was found"],
  [/\bshares? of\b/i, "fraction of"],
  [/--at-once|\batOnce\b/, "--concurrency, concurrency"],
  [/\b(most|least|fewest)[A-Z]\w*\b/, "max, min"],
  [/\b\w+Share\b/, "a fraction"],
  [/--jobs\b/, "--concurrency"],
];

/** The demo's slogan, the one place where a model may hear. */
const slogan = /names the sounds it hears/gi;

const sources = ["**/*.{ts,tsx,mjs,md,html,css}", ".ci/run", ".github/**"];
const ignore = [
  "**/node_modules/**",
  ...["dist", "runs", "coverage", ".cache", ".venv", "results"].map((folder) => `${folder}/**`),
  "web-demo/dist/**",
  // These name what they refuse or read; generated pages are made of the sources that are checked.
  ...["test/docs/words.test.ts", "test/run-files/old-names.test.ts", "test/features/feature-config.test.ts"],
  ...["run-files/{augmentation-config,job,old-names}.ts", "features/feature-config.ts"],
  ...["docs/*.html", "docs/site/dist/**", "docs/benchmarks.md", "docs/reference/kernels.md", "CHANGELOG.md"],
];

const files = await glob(sources, { cwd: projectFolder, ignore, dot: true });

describe("words of code, messages and pages", () => {
  it.each(words)("do not match %s", async (word, instead) => {
    const found = await Promise.all(files.map((file) => findWord(file, word)));
    expect(found.flat(), `write instead: ${instead}`).toEqual([]);
  });

  it("are checked in all rooms", () => {
    expect(files).toEqual(expect.arrayContaining(["README.md", "pipeline/cli.ts", "web-demo/index.html"]));
  });
});

/** @returns file:line: text, of every line with the word */
async function findWord(file: string, word: RegExp): Promise<string[]> {
  const text = await readFile(path.join(projectFolder, file), "utf8");
  const lines = text.replaceAll(slogan, "").split("\n");
  return lines.flatMap((line, index) =>
    word.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 160)}`] : [],
  );
}
