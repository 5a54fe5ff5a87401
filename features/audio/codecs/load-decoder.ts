import { loadOnce } from "../../../common/load-once.ts";
import type { AudioTrack } from "../containers/audio-track.ts";
import { loadAacDecoder } from "./aac.ts";
import { createAdpcmDecoder } from "./adpcm.ts";
import { setUpDecoder } from "./decoder-error.ts";
import { createFlacDecoder } from "./flac.ts";
import { createMp3Decoder } from "./mp3.ts";
import { createOpusDecoder } from "./opus.ts";
import { createPcmDecoder } from "./pcm.ts";
import type { SoundDecoder } from "./sound-decoder.ts";
import { createVorbisDecoder } from "./vorbis.ts";

/**
 * A new decoder for a track. All but PCM are packages, most of them WebAssembly, each loaded on first use.
 * @throws UserError when there is none here
 */
export async function loadDecoder({ codec, sampleRateHz }: AudioTrack, name: string): Promise<SoundDecoder> {
  const createWith = <Package>(
    loaded: Package,
    create: (loaded: Package) => SoundDecoder | Promise<SoundDecoder>,
  ): Promise<SoundDecoder> => setUpDecoder(codec.name, name, () => create(loaded));
  switch (codec.name) {
    case "PCM":
      return createPcmDecoder(codec.encoding);
    case "ADPCM":
      return createWith(await packages.wav(), (loaded) => createAdpcmDecoder(loaded, codec));
    case "MP3":
      return createMp3Decoder(await packages.mp3());
    case "FLAC":
      return createWith(await packages.flac(), (loaded) => createFlacDecoder(loaded, codec.streamInfo));
    case "Vorbis":
      return createWith(await packages.vorbis(), (loaded) => createVorbisDecoder(loaded, codec));
    case "Opus":
      return createWith(await packages.opus(), (loaded) => createOpusDecoder(loaded, codec.head));
    case "AAC":
    case "ALAC":
      return loadAacDecoder(codec, sampleRateHz, name);
  }
}

/** Each codec's package. */
const packages = {
  wav: loadOnce(() => import("@audio/decode-wav")),
  mp3: loadOnce(() => import("@audio/decode-mp3")),
  flac: loadOnce(() => import("@wasm-audio-decoders/flac")),
  vorbis: loadOnce(() => import("@wasm-audio-decoders/ogg-vorbis")),
  opus: loadOnce(() => import("@audio/decode-opus/core")),
};
