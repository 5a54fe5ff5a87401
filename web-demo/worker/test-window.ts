import type { Waveform } from "../../features/audio/waveform.ts";
import type { ClassifierInfo } from "../../runtime/web.ts";

/** A rising tone as long as the model's window, for measuring. */
export function makeTestWindow({
  sampleRateHz,
  windowSeconds,
}: Pick<ClassifierInfo, "sampleRateHz" | "windowSeconds">): Waveform {
  const length = Math.round(sampleRateHz * windowSeconds);
  const samples = Float32Array.from(
    { length },
    (_, index) => 0.3 * Math.sin((index * (200 + (index / length) * 2000)) / sampleRateHz),
  );
  return { samples, sampleRateHz };
}
