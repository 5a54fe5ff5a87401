import { decodeAudio, type DecodeOptions } from "./audio/decode.ts";
import type { FeatureExtractor } from "./extractor.ts";
import type { FeatureConfig } from "./feature-config.ts";
import { countClipFrames, fitClip, findLengthProblem } from "./fit-clip.ts";
import type { LogMel } from "./log-mel.ts";
import { UserError } from "../common/user-error.ts";
import { resample } from "./resample/resample.ts";

/**
 * From an audio file's bytes to the log-mel of one clip: decode, resample, extract, fit to the clip's length.
 *
 *     const extractor = createMeydaExtractor(defaultFeatureConfig);
 *     const logMel = await extractClip(bytes, "dog.ogg", defaultFeatureConfig, extractor); // [214, 96]
 *
 * @param name stands in messages
 * @throws UserError when the bytes are no sound audio, or less than one frame
 */
export async function extractClip(
  bytes: Uint8Array,
  name: string,
  config: FeatureConfig,
  extractor: FeatureExtractor,
  options?: DecodeOptions,
): Promise<LogMel> {
  const waveform = await resample(await decodeAudio(bytes, name, options), config.sampleRateHz);
  const problem = findLengthProblem(waveform.samples.length, config);
  if (problem !== undefined) throw new UserError(`${name}: ${problem}`);
  return fitClip(await extractor.extract(waveform.samples), countClipFrames(config), config);
}
