import path from "node:path";
import * as z from "zod";
import { UserError } from "../../common/user-error.ts";
import { cacheFolder } from "../program-folders.ts";
import { readJson, writeJson } from "../../run-files/json-file.ts";

const chosenFile = path.join(cacheFolder, "backbones", "chosen.json");
const chosenSchema = z.object({ file: z.string() });

/** Remembers a backbone for `start`, `embed` and `similar`. @param file an ONNX file that was checked */
export async function chooseBackbone(file: string): Promise<void> {
  await writeJson(chosenFile, { file: path.resolve(file) } satisfies z.infer<typeof chosenSchema>);
}

/** The backbone that was set up by `npx earshot backbones --use FILE`; undefined without one. */
export async function findChosenBackbone(): Promise<string | undefined> {
  return (await readJson(chosenFile, chosenSchema))?.file;
}

/** The backbone that is named, or else set up. @throws UserError that names both ways */
export async function requireBackbone(named: string | undefined): Promise<string> {
  const file = named ?? (await findChosenBackbone());
  if (file !== undefined) return file;
  throw new UserError(
    "expected a backbone, got none: --backbone FILE names one, npx earshot backbones lists known ones and sets one up",
  );
}
