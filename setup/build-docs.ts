/**
 * `npm run docs:build`: the documentation as a static site in docs/site/dist/html, from the repository's Markdown files and
 * the docstrings of the package's entries. Its packages are installed in docs/site alone, by a lock file of its own.
 */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { runChild } from "./run-child.mjs";
import { projectFolder } from "./run-tool.ts";

const site = path.join(projectFolder, "docs", "site");

/** What `exports` in package.json names. */
const entries = [
  "runtime/node.ts",
  "runtime/web.ts",
  "runtime/parity/index.ts",
  "server/index.ts",
  "features/index.ts",
  "export/index.ts",
  "tfjs-backend-onnxruntime/index.ts",
];

async function run(program: string, ...args: readonly string[]): Promise<void> {
  const { code } = await runChild(program, args, { cwd: site });
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: expected exit code 0, got ${code}`);
}

const runNode = (script: string, ...args: readonly string[]) =>
  run(process.execPath, path.join(site, "node_modules", script), ...args);

if (!existsSync(path.join(site, "node_modules", "vitepress")))
  await run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
await rm(path.join(site, "dist"), { recursive: true, force: true });
await runNode(
  "typedoc/bin/typedoc",
  ...["--plugin", "typedoc-plugin-markdown", "--tsconfig", "../../tsconfig.json", "--out", "dist/api"],
  ...[
    "--readme",
    "none",
    "--name",
    "API",
    "--entryFileName",
    "index",
    "--skipErrorChecking",
    "--disableSources",
  ],
  ...["--excludeExternals", "--excludePrivate", "--excludeInternal", "--hidePageHeader", "--hideBreadcrumbs"],
  ...["--validation.notExported", "false", "--validation.invalidLink", "false", "--basePath", "../.."],
  ...entries.flatMap((entry) => ["--entryPoints", `../../${entry}`]),
);
await runNode("vitepress/bin/vitepress.js", "build");
