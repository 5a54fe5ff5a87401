import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { glob } from "tinyglobby";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { createClassifier } from "../../runtime/node.ts";
import { projectFolder } from "../../setup/run-tool.ts";
import { makeToneWav } from "../pipeline/tiny-set.ts";
import { describeWithOracle, runPython } from "../python/oracle.ts";

const readme = readFileSync(path.join(projectFolder, "README.md"), "utf8");
const model = path.join(projectFolder, "pretrained", "esc10.onnx");

// The block of JavaScript is run by test/package/package.test.ts, in an app that installed the package.

describeWithOracle("the README's block of Python", () => {
  it("answers as classify does", async () => {
    const [, script] = /```python\n(.*?)```/s.exec(readme) ?? [];
    if (script === undefined) throw new Error("README.md: expected a block of Python, got none");
    const folder = await mkdtemp(path.join(tmpdir(), "earshot-readme-"));
    try {
      await copyFile(model, path.join(folder, "model.onnx"));
      await writeFile(path.join(folder, "dog.wav"), makeToneWav(440, "readme"));
      const enter = `import os\nos.chdir(${JSON.stringify(folder)})\n`;
      const output = await runPython(`${enter}${script}\nprint(float(probabilities.max()))`);
      await using classifier = await createClassifier(model);
      const [best] = await classifier.classify(path.join(folder, "dog.wav"));
      expect(Number(output.toString())).toBeCloseTo(best.probability, 4);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("links of the pages", () => {
  it("lead to files that exist", async () => {
    const pages = await glob(["*.md", "docs/*.md", "docs/reference/*.md"], { cwd: projectFolder });
    const broken = pages.flatMap((page) => {
      const text = readFileSync(path.join(projectFolder, page), "utf8");
      return [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)]
        .map(([, target = ""]) => target)
        .filter((target) => !existsSync(path.join(projectFolder, path.dirname(page), target)))
        .map((target) => `${page}: ${target}`);
    });
    expect(broken).toEqual([]);
  });
});

describe("the site of the documentation", () => {
  const text = readFileSync(path.join(projectFolder, "docs", "site", "navigation.json"), "utf8");
  const groups = z.record(z.string(), z.record(z.string(), z.string())).parse(JSON.parse(text));
  const items = Object.values(groups).flatMap((pages) => Object.values(pages));

  it("has each page of docs/ in its navigation, and no other than those that exist", async () => {
    const pages = await glob(["docs/*.md", "docs/reference/*.md"], { cwd: projectFolder });
    expect(
      pages.map((page) => `/${page.replace(".md", "")}`).filter((page) => !items.includes(page)),
    ).toEqual([]);
    const written = items.filter((link) => link !== "/" && link !== "/docs/site/dist/api/"); // typedoc writes the API
    expect(written.filter((link) => !existsSync(path.join(projectFolder, `${link}.md`)))).toEqual([]);
  });
});
