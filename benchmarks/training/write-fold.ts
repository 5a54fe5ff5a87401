import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { benchCache, foldRoles, openFold } from "./open-fold.ts";

/**
 * The same features for the peer: a file of float32 for each clip, row-major [frames, bands], and a list of them.
 * @returns the list's path: `{ bands, clips: [{ file, label, role }] }`
 */
export async function writeFold(folder: string): Promise<string> {
  const { featureSet, cache } = await openFold(folder);
  const target = path.join(benchCache, "bench-fold");
  await mkdir(target, { recursive: true });
  const clips: { file: string; label: number; role: string }[] = [];
  let bands = 0;
  for (const [index, clip] of featureSet.clips.entries()) {
    const logMel = await featureSet.read(index);
    const file = path.join(target, `${index}.f32`);
    await writeFile(file, logMel.values);
    bands = logMel.bands;
    clips.push({ file, label: featureSet.labels.indexOf(clip.label), role: nameRole(clip.fold) });
  }
  await cache.dispose();
  const list = path.join(target, "fold.json");
  await writeFile(`${list}.part`, JSON.stringify({ bands, clips }));
  await rename(`${list}.part`, list);
  return list;
}

function nameRole(fold: number): string {
  if (foldRoles.test.includes(fold)) return "test";
  return foldRoles.validation.includes(fold) ? "validation" : "train";
}
