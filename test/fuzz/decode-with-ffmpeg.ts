import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";

/** FFmpeg is an oracle for decoding where it is installed. */
export const hasFfmpeg = spawnSync("ffmpeg", ["-version"]).status === 0;

/** The first sound of a file as the mean of all its channels; undefined when FFmpeg refuses it. */
export async function decodeWithFfmpeg(
  bytes: Uint8Array,
  sampleRateHz: number,
): Promise<Float32Array | undefined> {
  const input = ["-v", "error", "-i", "pipe:0", "-map", "0:a:0"];
  const output = ["-ar", String(sampleRateHz), "-c:a", "pcm_f32le", "-bitexact", "-f", "wav", "pipe:1"];
  const child = spawn("ffmpeg", [...input, ...output], { stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.on("error", () => {
    // FFmpeg has read enough.
  });
  child.stdin.end(bytes);
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  await once(child, "close");
  const joined = Buffer.concat(parts);
  const dataStart = joined.indexOf("data") + 8; // FFmpeg cannot know the length when it writes to a pipe
  if (dataStart < 8 || joined.length < dataStart + 4) return undefined;
  const channels = joined.readUInt16LE(22);
  const interleaved = new Float32Array(
    new Uint8Array(joined.subarray(dataStart)).buffer,
    0,
    Math.floor((joined.length - dataStart) / 4),
  );
  return Float32Array.from({ length: Math.floor(interleaved.length / channels) }, (_, index) => {
    const frame = interleaved.subarray(index * channels, (index + 1) * channels);
    return frame.reduce((sum, sample) => sum + sample, 0) / channels;
  });
}
