import { expect, it } from "vitest";
import { audioKinds, findAudioKind } from "../../../features/audio/audio-kinds.ts";

it.each([
  ["a.wav", "WAV"],
  ["C:\\sounds\\A.WAV", "WAV"],
  ["birds/Memo 3.M4A", "MPEG-4 audio"],
  ["archive.tar.Amr", "AMR"],
  ["holiday/clip.AVI", "a video"],
  ["headset.aptx", "Bluetooth audio"],
  [".wav", undefined],
  ["folder.wav/readme", undefined],
  ["notes.txt", undefined],
  ["wav", undefined],
])("findAudioKind(%s) is %s", (file, kind) => {
  expect(findAudioKind(file)?.name).toBe(kind);
});

it("has each ending once, in lower case, with its dot", () => {
  const endings = audioKinds.flatMap((kind) => kind.endings);
  expect(new Set(endings).size).toBe(endings.length);
  expect(endings.filter((ending) => !/^\.[a-z0-9+]+$/.test(ending))).toEqual([]);
});
