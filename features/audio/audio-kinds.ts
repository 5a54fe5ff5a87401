/** A kind of sound file, known by how its name ends. What a file really is, its first bytes say: `sniff-audio.ts`. */
export interface AudioKind {
  readonly name: string;
  /** In lower case, each with its dot. */
  readonly endings: readonly string[];
  /** Whether `decodeAudio` reads it. */
  readonly isRead: boolean;
}

/** Every kind that people give to a sound classifier. What is not read is named, never dropped. */
export const audioKinds: readonly AudioKind[] = [
  { name: "WAV", endings: [".wav", ".wave", ".bwf"], isRead: true },
  { name: "MP3", endings: [".mp3", ".mp2", ".mpga"], isRead: true },
  { name: "FLAC", endings: [".flac"], isRead: true },
  { name: "Ogg", endings: [".ogg", ".oga", ".ogx", ".ogv"], isRead: true },
  { name: "Speex", endings: [".spx"], isRead: false },
  { name: "Opus", endings: [".opus"], isRead: true },
  { name: "RF64", endings: [".rf64"], isRead: true },
  { name: "Wave64", endings: [".w64"], isRead: true },
  {
    name: "MPEG-4 audio",
    endings: [".m4a", ".m4b", ".m4r", ".mp4", ".m4v", ".3gp", ".3gpp", ".3g2", ".mov"],
    isRead: true,
  },
  { name: "AAC", endings: [".aac", ".adts"], isRead: true },
  { name: "WebM or Matroska", endings: [".webm", ".weba", ".mka", ".mkv"], isRead: true },
  { name: "AIFF", endings: [".aiff", ".aif", ".aifc"], isRead: true },
  { name: "Core Audio Format", endings: [".caf"], isRead: true },
  { name: "Sun audio", endings: [".au", ".snd"], isRead: true },
  { name: "Windows Media Audio", endings: [".wma", ".asf"], isRead: false },
  { name: "AMR", endings: [".amr", ".awb", ".3ga"], isRead: false },
  { name: "Apple Lossless", endings: [".alac"], isRead: false },
  { name: "Monkey's Audio", endings: [".ape"], isRead: false },
  { name: "WavPack", endings: [".wv"], isRead: false },
  { name: "Musepack", endings: [".mpc", ".mp+"], isRead: false },
  { name: "True Audio", endings: [".tta"], isRead: false },
  { name: "TAK", endings: [".tak"], isRead: false },
  { name: "RealAudio", endings: [".ra", ".ram", ".rm"], isRead: false },
  { name: "AC-3 or DTS", endings: [".ac3", ".eac3", ".dts"], isRead: false },
  { name: "GSM", endings: [".gsm"], isRead: false },
  { name: "Creative Voice", endings: [".voc"], isRead: false },
  { name: "NIST SPHERE", endings: [".sph", ".nist"], isRead: false },
  { name: "DSD", endings: [".dsf", ".dff"], isRead: false },
  { name: "Dialogic ADPCM", endings: [".vox"], isRead: false },
  { name: "Bluetooth audio", endings: [".sbc", ".msbc", ".aptx", ".aptxhd", ".ldac"], isRead: false },
  { name: "G.722 or G.729", endings: [".g722", ".g729"], isRead: false },
  { name: "ATRAC", endings: [".oma", ".aa3", ".at3"], isRead: false },
  { name: "Audible", endings: [".aa", ".aax"], isRead: false },
  { name: "samples without a header", endings: [".pcm"], isRead: false },
  {
    name: "a video",
    endings: [".avi", ".wmv", ".flv", ".f4v", ".mpg", ".mpeg", ".mts", ".m2ts"],
    isRead: false,
  },
  { name: "MIDI", endings: [".mid", ".midi"], isRead: false },
];

/**
 * The kind that a file's name claims, whatever the case of its ending.
 *
 *     findAudioKind("birds/Memo 3.M4A")?.name; // "MPEG-4 audio"
 *     findAudioKind("notes.txt");              // undefined
 */
export function findAudioKind(file: string): AudioKind | undefined {
  const name = file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1).toLowerCase();
  const dot = name.lastIndexOf(".");
  if (dot <= 0) return undefined; // ".wav" alone is a hidden file's name
  return audioKinds.find(({ endings }) => endings.includes(name.slice(dot)));
}
