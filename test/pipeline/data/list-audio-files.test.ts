import { expect, it } from "vitest";
import { audioKinds } from "../../../features/audio/audio-kinds.ts";
import { decodeAudio } from "../../../features/audio/decode.ts";
import { listAudioFiles } from "../../../pipeline/data/list-audio-files.ts";
import { makeFolder } from "../../datasets/temporary-folder.ts";

const endings = audioKinds.flatMap((kind) => kind.endings);

it("lists a folder's sounds of every kind, read or not, in any case, and nothing else", async () => {
  const names = endings.flatMap((ending) => [`a${ending}`, `deeper/B${ending.toUpperCase()}`]);
  const root = makeFolder(
    Object.fromEntries([...names, "notes.txt", ".hidden.wav"].map((name) => [name, "x"])),
  );
  const listed = await listAudioFiles([root]);
  expect(listed.sort()).toEqual(names.map((name) => `${root}/${name}`).sort());
});

/** First bytes of files that phones, recorders and old programs make. */
it.each([
  ["memo.wma", "\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media audio"],
  ["call.AMR", "#!AMR\n", "AMR audio"],
  ["song.ape", "MAC ", "Monkey's Audio"],
  ["song.wv", "wvpk", "WavPack audio"],
  ["tune.mid", "MThd", "a MIDI file, which holds notes and no sound"],
])("%s is refused by its kind", async (name, head, kind) => {
  const bytes = Buffer.alloc(600);
  bytes.write(head, "latin1");
  await expect(decodeAudio(bytes, name)).rejects.toThrow(`${name}: expected`);
  await expect(decodeAudio(bytes, name)).rejects.toThrow(`got ${kind}`);
});

it("keeps what is missing or empty as it was named, so that it is reported", async () => {
  const root = makeFolder({ "notes.txt": "" });
  expect(await listAudioFiles([root, "missing.wav"])).toEqual([root, "missing.wav"]);
});
