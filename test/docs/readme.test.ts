import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { glob } from "tinyglobby";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { logMelInputSchema } from "../../features/backbone/log-mel-config.ts";
import { createClassifier } from "../../runtime/node.ts";
import { projectFolder } from "../../setup/run-tool.ts";
import { makeToneWav } from "../pipeline/tiny-set.ts";
import { describeWithOracle, runPython } from "../python/oracle.ts";

const readPage = (page: string) => readFileSync(path.join(projectFolder, page), "utf8");
const sound = makeToneWav(440, "readme");
const model = path.join(projectFolder, "pretrained", "esc10.onnx");

// The block of JavaScript is run by test/package/package.test.ts, in an app that installed the package.

describeWithOracle("blocks of Python", () => {
  /** Runs the page's block of Python beside a model and a sound, then `print`. */
  async function runBlock(page: string, print: string): Promise<string> {
    const [, script] = /```python\n(.*?)```/s.exec(readPage(page)) ?? [];
    if (script === undefined) throw new Error(`${page}: expected a block of Python, got none`);
    const folder = await mkdtemp(path.join(tmpdir(), "earshot-readme-"));
    try {
      await copyFile(model, path.join(folder, "model.onnx"));
      await writeFile(path.join(folder, "dog.wav"), sound);
      const output = await runPython(`import os\nos.chdir(${JSON.stringify(folder)})\n${script}\n${print}`);
      return output.toString();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  it("of the README: answers as classify does", async () => {
    const output = await runBlock("README.md", "print(float(probabilities.max()))");
    await using classifier = await createClassifier(model);
    const [best] = await classifier.classify(sound);
    expect(Number(output)).toBeCloseTo(best.probability, 4);
  });

  it("of exporting.md: prints what the file says about itself", async () => {
    const output = await runBlock("docs/exporting.md", "print(len(json.loads(metadata['labels'])))");
    expect(output).toContain("'target': 'cpu'");
    expect(output.trim().endsWith("10")).toBe(true);
  });
});

describe("blocks of data", () => {
  it("are JSON, and one is a front end that --backbone-input reads", () => {
    const blocks = ["docs/few-shot.md", "docs/server.md"].flatMap((page) =>
      [...readPage(page).matchAll(/```json\n(.*?)```/gs)].map(([, text = ""]): unknown => JSON.parse(text)),
    );
    expect(blocks).toHaveLength(2);
    expect(logMelInputSchema.safeParse(blocks[0]).error).toBeUndefined();
  });

  it("of HTML name files of ONNX Runtime that exist", () => {
    const files = readPage("docs/embedding.md").matchAll(/"\/(node_modules\/onnxruntime-web\/[^"]+)"/g);
    const names = [...files].map(([, file = ""]) => file);
    expect(names.length).toBeGreaterThan(1);
    expect(names.filter((file) => !existsSync(path.join(projectFolder, file)))).toEqual([]);
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
