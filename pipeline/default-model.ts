import path from "node:path";
import { UserError } from "../common/user-error.ts";
import { isSource, programFolder } from "./program-folders.ts";
import { exists } from "./runs/run-folder.ts";

/** Where to look for a model when none is named, best first. */
const candidates = [
  path.join("runs", "latest", "model.onnx"),
  path.join(isSource ? "" : programFolder, "pretrained", "esc10.onnx"),
];

/** @throws UserError that names the command which makes a model */
export async function defaultModelPath(): Promise<string> {
  for (const candidate of candidates) if (await exists(candidate)) return candidate;
  throw new UserError(
    `no model yet: expected ${candidates.join(" or ")}; npx earshot start makes one, --model names another`,
  );
}
