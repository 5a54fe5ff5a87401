import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import * as z from "zod";

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  samples: z.array(z.number()),
});

const linesShown = 15;
const maxWaitMs = 20_000;

/** What the processes that write their profile into the folder spent their time on, each function for itself. */
export async function printProfile(folder: string, processes: number): Promise<void> {
  for (const name of await waitForProfiles(folder, processes)) {
    const file = path.join(folder, name);
    const { nodes, samples } = profileSchema.parse(JSON.parse(await readFile(file, "utf8")));
    const names = new Map(nodes.map(({ id, callFrame }) => [id, describeFrame(callFrame)]));
    const counts = new Map<string, number>();
    for (const id of samples) {
      const frame = names.get(id) ?? "unknown";
      if (frame !== "(idle)") counts.set(frame, (counts.get(frame) ?? 0) + 1);
    }
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `\n  profile ${file} (open it in Chrome DevTools); fraction of the busy time, native calls in their callers`,
    );
    for (const [frame, count] of [...counts].toSorted(([, a], [, b]) => b - a).slice(0, linesShown)) {
      console.log(`  ${((100 * count) / total).toFixed(1).padStart(6)} %  ${frame}`);
    }
  }
}

/** A profile is written when its process ends. */
async function waitForProfiles(folder: string, processes: number): Promise<string[]> {
  const deadline = performance.now() + maxWaitMs;
  for (;;) {
    const names = await readdir(folder);
    if (names.length >= processes || performance.now() > deadline) return names;
    await wait(200);
  }
}

function describeFrame({
  functionName,
  url,
  lineNumber,
}: {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}): string {
  const name = functionName === "" ? "(anonymous)" : functionName;
  if (url === "") return name;
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const file = url.startsWith("file:") ? path.relative(root, fileURLToPath(url)) : url;
  return `${name}  ${file}:${lineNumber + 1}`;
}
