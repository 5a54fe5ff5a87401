import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";

/** FFmpeg is an oracle for decoding where it is installed. */
export const hasFfmpeg = spawnSync("ffmpeg", ["-version"]).status === 0;

/** The first sound of a file, mixed to mono by the mean of all channels; undefined when FFmpeg refuses it. */
export async function decodeWithFfmpeg(
  bytes: Uint8Array,
  sampleRateHz: number,
): Promise<Float32Array | undefined> {
  const input = ["-v", "error", "-i", "pipe:0", "-map", "0:a:0"];
  const output = ["-ar", String(sampleRateHz), "-ac", "1", "-f", "f32le", "pipe:1"];
  const child = spawn("ffmpeg", [...input, ...output], { stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.on("error", () => {
    // FFmpeg has read enough.
  });
  child.stdin.end(bytes);
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  await once(child, "close");
  const joined = Buffer.concat(parts);
  if (joined.length < 4) return undefined;
  return new Float32Array(new Uint8Array(joined).buffer, 0, Math.floor(joined.length / 4));
}
