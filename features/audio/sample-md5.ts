import { md5 } from "@noble/hashes/legacy.js";
import type { AudioTrack } from "./containers/audio-track.ts";
import { UserError } from "../../common/user-error.ts";

type PromisedMd5 = NonNullable<AudioTrack["md5"]>;

interface SampleMd5 {
  /** @param channels the next samples, full scale [-1, 1), one array a channel */
  update(channels: readonly Float32Array[]): void;
  /** @throws UserError when the samples so far have another digest */
  check(name: string): void;
}

/**
 * MD5 over samples as FLAC's STREAMINFO has it: interleaved, little-endian, signed, whole bytes a sample (RFC 9639,
 * 8.2). Floats hold 24 bits exactly; for deeper files there is nothing to compare.
 */
export function createSampleMd5({ digest, bitsPerSample }: PromisedMd5): SampleMd5 {
  const hash = md5.create();
  const sampleBytes = Math.ceil(bitsPerSample / 8);
  const isExact = bitsPerSample <= 24;
  const scale = 2 ** (bitsPerSample - 1);
  return {
    update(channels) {
      if (!isExact) return;
      const samples = channels[0]?.length ?? 0;
      const bytes = new Uint8Array(samples * channels.length * sampleBytes);
      let offset = 0;
      for (let index = 0; index < samples; index++) {
        for (const channel of channels) {
          const value = Math.round((channel[index] ?? 0) * scale); // `?? 0`: an inner loop, arrays of one length
          for (let byte = 0; byte < sampleBytes; byte++) bytes[offset++] = value >> (8 * byte);
        }
      }
      hash.update(bytes);
    },
    check(name) {
      if (!isExact) return;
      const computed = hash.digest();
      if (computed.some((byte, index) => byte !== digest[index])) {
        throw new UserError(`${name}: expected the samples to match the file's MD5: the file is damaged`);
      }
    },
  };
}
