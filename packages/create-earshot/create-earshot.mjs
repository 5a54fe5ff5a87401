#!/usr/bin/env node
// `npm create earshot my-app -- --model runs/latest/model.onnx`: copies template/ and the model into a new folder. It
// installs nothing and asks nothing.
import { cp, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";

const usage = `Usage: npm create earshot <folder> [-- --model FILE]

  --model FILE  the model of the app [runs/latest/model.onnx, where there is one]`;

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { model: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  const [folder] = positionals;
  if (values.help || folder === undefined || positionals.length > 1) {
    console.log(usage);
    process.exitCode = values.help ? 0 : 1;
    return;
  }
  const name = path.basename(path.resolve(folder)).toLowerCase();
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(name))
    throw new Error(
      `expected a folder that can name a package (letters, digits, ".", "_", "-"), got ${name}`,
    );
  if ((await readdir(folder).catch(() => [])).length > 0)
    throw new Error(`${folder}: expected a new or an empty folder, got files in it`);

  await mkdir(folder, { recursive: true });
  await cp(path.join(import.meta.dirname, "template"), folder, { recursive: true });
  await rename(path.join(folder, "github"), path.join(folder, ".github"));
  // npm leaves .gitignore out of packages.
  await rename(path.join(folder, "gitignore"), path.join(folder, ".gitignore"));
  const manifest = path.join(folder, "package.json");
  await writeFile(manifest, (await readFile(manifest, "utf8")).replace("APP_NAME", name));
  const hasModel = await copyModel(values.model, path.join(folder, "public", "model.onnx"));

  const steps = [
    `cd ${folder}`,
    "npm install",
    ...(hasModel
      ? []
      : ["cp node_modules/earshot/pretrained/esc10.onnx public/model.onnx   # or one of yours"]),
    "npm test",
    "npm run classify -- clip.wav",
    "npm run dev",
  ];
  console.log(
    `${folder}: an app around ${hasModel ? "your model" : "a model that you copy into it"}. Next:\n`,
  );
  for (const step of steps) console.log(`  ${step}`);
}

/** @returns whether there is a model to copy @throws Error when the one that was named is not there */
async function copyModel(named, target) {
  await mkdir(path.dirname(target), { recursive: true });
  try {
    await cp(named ?? path.join("runs", "latest", "model.onnx"), target, { dereference: true });
    return true;
  } catch (error) {
    if (named !== undefined)
      throw new Error(`--model ${named}: expected a model, got ${error.code}`, { cause: error });
    return false;
  }
}

try {
  await main();
} catch (error) {
  console.error(`create-earshot: ${error.message}`);
  process.exitCode = 1;
}
