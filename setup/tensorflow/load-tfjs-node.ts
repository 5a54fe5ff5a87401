import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as z from "zod";

const versionsSchema = z.object({ tfjs: z.string(), tensorflow: z.string() });

export type LoadResult =
  | { readonly loads: true; readonly tfjs: string; readonly tensorflow: string }
  | { readonly loads: false; readonly problem: string };

/** Whether tfjs-node really loads and computes on this Node: tried in a child process. */
export function loadTfjsNode(): LoadResult {
  const script = fileURLToPath(new URL("load-test.mjs", import.meta.url));
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" };
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [script], {
    encoding: "utf8",
    env,
    timeout: 120_000,
  });
  if (status === 0) return { loads: true, ...versionsSchema.parse(JSON.parse(stdout)) };
  const reason = /^\w*Error: .*$/m.exec(stderr)?.[0] ?? `ended with ${signal ?? String(status)}`;
  return { loads: false, problem: reason.replace(/\s*$/, "") };
}
