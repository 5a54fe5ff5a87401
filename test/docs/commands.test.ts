import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { glob } from "tinyglobby";
import { expect, it } from "vitest";
import yargs from "yargs";
import * as z from "zod";
import type { Stage } from "../../pipeline/command-line/stage.ts";
import { projectFolder } from "../../setup/run-tool.ts";

// Every command of the pages is checked as it stands there: a stage's arguments are parsed by the stage's own options,
// other scripts, files and packages must exist. What a command then does is tested where it is made.

const readText = (file: string) => readFileSync(path.join(projectFolder, file), "utf8");
const texts = z.record(z.string(), z.string());
const manifestSchema = z.object({
  scripts: texts,
  ...{ dependencies: texts, devDependencies: texts, peerDependencies: texts, optionalDependencies: texts },
});
const { scripts, ...dependencies } = manifestSchema.parse(JSON.parse(readText("package.json")));
const templateScripts = z
  .object({ scripts: texts })
  .parse(JSON.parse(readText("packages/create-earshot/template/package.json")));
const packages = new Set([
  "earshot",
  "tfjs-backend-onnxruntime",
  ...Object.values(dependencies).flatMap(Object.keys),
]);

/** Scripts of a clone that are no stages of the command line: their files by their names. */
const cloneScripts = new Map(
  [...readText("setup/bootstrap.mjs").matchAll(/^ {2}"?([\w:-]+)"?: "(.+\.ts)",$/gm)].map(
    ([, name = "", file = ""]) => [name, file],
  ),
);
const stages = await loadStages();

/** Stands for what the reader puts there. */
const isPlaceholder = (word: string) => /^(STAGE|OPTIONS|NAME|\.\.\.|…)$/.test(word);

it("holds in the pages only commands that are accepted as they stand there", async () => {
  const pages = await glob(["*.md", "docs/**/*.md", "*/README.md", "packages/**/*.md"], {
    cwd: projectFolder,
    ignore: ["CHANGELOG.md", "**/{node_modules,dist}/**"],
  });
  const commands = pages.flatMap((page) => listCommands(page).map((command) => ({ page, command })));
  expect(commands.length).toBeGreaterThan(150);
  const problems = await Promise.all(
    commands.map(async ({ page, command }) => {
      const problem = await findProblem(splitWords(command), page);
      return problem === undefined ? [] : [`${page}: ${command}: ${problem}`];
    }),
  );
  expect(problems.flat()).toEqual([]);
});

it.each([
  ["npx earshot start ./sounds --epoch 3", /Unknown argument: epoch/],
  ["npx earshot jobs --watch", /Missing required argument: queue/],
  ["npm run tune -- --search luck", /Invalid values/],
  ["npx earshot begin", /no such stage/],
  ["npm run bench:docs -- --fast", /--fast/],
  ["npx tsx benchmarks/gone.ts", /no such file/],
  ["npm install leftpad", /leftpad/],
])("refuses %s", async (command, problem) => {
  expect(await findProblem(splitWords(command), "README.md")).toMatch(problem);
});

/** Commands in blocks and in the text, without their comments. */
function listCommands(page: string): string[] {
  const lines = readText(page)
    .replaceAll(/\\\n\s*/g, "")
    .replaceAll(/<[^<>\n]+>/g, "NAME")
    .split("\n");
  let isShell = false;
  return lines.flatMap((line) => {
    if (line.trimStart().startsWith("```")) isShell = /```(sh|bash)$/.test(line);
    const spans =
      isShell || line.startsWith("    ")
        ? [line]
        : [...line.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
    return spans
      .flatMap((code) => code.replace(/\s+#.*/, "").split(/&&|[;|>]\s/))
      .map((code) => code.trim().replace(/^(\w+=\S+\s+)+/, ""))
      .filter((code) => /^(npx|npm) /.test(code));
  });
}

function splitWords(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match.slice(1).join(""));
}

/** @returns why a command would be refused */
async function findProblem(
  [program, name = "", ...args]: readonly string[],
  page: string,
): Promise<string | undefined> {
  const [first = "", ...rest] = args;
  if (program === "npx" && name === "earshot") return checkStage(first, rest);
  if (program === "npx" && name === "tsx") return checkScript(first, rest);
  if (name === "vitest" || name === "test") return checkPaths(args);
  if (program !== "npm") return undefined;
  if (name === "start") return checkStage("start", rest);
  if (name === "install" || name === "i") return checkPackages(args);
  if (name !== "run" || isPlaceholder(first)) return undefined;
  const isTemplate = page.includes("template");
  if (!Object.hasOwn(isTemplate ? templateScripts.scripts : scripts, first))
    return `${first}: no such script`;
  const script = cloneScripts.get(first);
  if (isTemplate || first.startsWith("test")) return undefined;
  return script === undefined ? checkStage(first, rest.slice(1)) : checkScript(script, rest.slice(1));
}

async function checkStage(name: string, args: readonly string[]): Promise<string | undefined> {
  if (isPlaceholder(name) || name.startsWith("-")) return undefined;
  const stage = stages.find((each) => each.name === name);
  if (stage === undefined) return `${name}: no such stage`;
  const parsed = new Error("parsed");
  const parser = yargs([name, ...args])
    .strict()
    .exitProcess(false)
    .fail((message, error: Error | undefined) => {
      throw error ?? new Error(message);
    })
    // After the arguments have been checked, before the stage is run.
    .middleware(() => {
      throw parsed;
    });
  stage.addTo(parser);
  try {
    await parser.parse();
    return "was not parsed";
  } catch (error) {
    const message = String(error);
    const isName = args.length === 0 && message.includes("Missing required argument"); // as in a table of stages
    return error === parsed || isName || message.includes('Given: "NAME"') ? undefined : message;
  }
}

/** The file of a script must exist and name every option. */
function checkScript(file: string, args: readonly string[]): string | undefined {
  if (!existsSync(path.join(projectFolder, file))) return `${file}: no such file`;
  const source = readText(file);
  return args
    .filter((word) => word.startsWith("--"))
    .find((word) => !source.includes(word) && !new RegExp(`\\b${word.slice(2)}"?[:,]`).test(source));
}

function checkPaths(args: readonly string[]): string | undefined {
  return args.find((word) => word.includes("/") && !existsSync(path.join(projectFolder, word)));
}

function checkPackages(args: readonly string[]): string | undefined {
  return args.find(
    (word) => !word.startsWith("-") && !isPlaceholder(word) && !word.endsWith(".tgz") && !packages.has(word),
  );
}

async function loadStages(): Promise<Stage[]> {
  const files = await glob("pipeline/stages/*.ts", { cwd: projectFolder, absolute: true });
  const modules = await Promise.all(files.map((file): Promise<unknown> => import(file)));
  const exported = modules.flatMap((module): unknown[] =>
    typeof module === "object" && module !== null ? Object.values(module) : [],
  );
  return exported.filter(isStage);
}

function isStage(value: unknown): value is Stage {
  return typeof value === "object" && value !== null && "addTo" in value;
}
