import path from "node:path";
import { UserError } from "../common/user-error.ts";
import { isSource, programFolder } from "./program-folders.ts";
import { exists } from "./runs/run-folder.ts";

/** The model that is in the package, trained on ESC-10. */
export const pretrainedPath = path.join(isSource ? "" : programFolder, "pretrained", "esc10.onnx");

/** Where to look for a model when none is named, best first. */
const candidates = [path.join("runs", "latest", "model.onnx"), pretrainedPath];

/** @throws UserError that names the command which makes a model */
export async function defaultModelPath(): Promise<string> {
  for (const candidate of candidates) if (await exists(candidate)) return candidate;
  throw new UserError(
    `no model yet: expected ${candidates.join(" or ")}; npx earshot start makes one, --model names another`,
  );
}
