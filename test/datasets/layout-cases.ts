import {
  bare,
  cross,
  flat,
  kaggle,
  labelled,
  type LayoutCase,
  list,
  names,
  speech,
  speechLists,
  track,
  urban,
  utf16,
} from "./layout-files.ts";

/** Layouts as they are published or made by hand: the next one is a row. */
export const layoutCases: readonly LayoutCase[] = [
  {
    title: "UrbanSound8K: ten official folds; times are those of the whole recording",
    files: urban,
    clips: 60,
    folds: { "audio/fold1/": 1, "audio/fold10/": 10 },
    sources: { "audio/fold1/1000-0-0-0.wav": "1000" },
  },
  {
    title: "audiofolder with splits",
    files: list([
      ...cross(["train/"], names, ["/"], [0, 1, 2, 3, 4], [".wav"]),
      ...cross(["test/"], names, ["/"], [5, 6], [".wav"]),
    ]),
    clips: 21,
    folds: { "test/": 1 },
    warns: /fold 1 is its test part/,
  },
  {
    title: "audiofolder with metadata.csv",
    files: {
      ...list(cross(["data/"], bare)),
      "metadata.csv": labelled(cross(["data/"], bare), "file_name,label").replaceAll("\n", "\r\n"),
    },
    clips: 12,
  },
  {
    title: "audiofolder with a metadata.jsonl in each split",
    files: {
      ...list([...cross(["train/"], bare), ...cross(["validation/"], bare), ...cross(["test/"], bare)]),
      ...Object.fromEntries(
        ["train", "validation", "test"].map((part) => [
          `${part}/metadata.jsonl`,
          bare
            .map((file) =>
              JSON.stringify({ file_name: file, label: names.find((name) => file.includes(name)) }),
            )
            .join("\n"),
        ]),
      ),
    },
    clips: 36,
    folds: { "test/": 1, "validation/": 2, "train/": 3 },
  },
  {
    title: "Speech Commands: lists, speakers, background",
    files: { ...list(speech), ...speechLists, "_background_noise_/room.wav": "noise", "README.md": "" },
    clips: 24,
    folds: { "bell/a0_": 1, "bell/b1_": 2, "hum/d3": 3 },
    sources: { "bell/a0_nohash_0.wav": "speaker a0", "hum/a0_nohash_1.wav": "speaker a0" },
    unused: ["1 other file: README.md"],
  },
  {
    title: "names that say the class, as the pattern says",
    files: list(flat),
    options: { namePattern: "{class}_{group}_*" },
    clips: 27,
    sources: { "bell_ada_0.wav": "ada", "hum_ada_2.wav": "ada" },
  },
  {
    title: "names that say the class, found",
    files: list(flat),
    options: { layout: "names" },
    clips: 27,
    sources: { "bell_ben_0.wav": "ben" },
  },
  {
    title: "sessions below the classes, two of them",
    files: list(cross(["bell/", "hum/"], ["monday/", "tuesday/"], [0, 1, 2, 3], [".wav"])),
    clips: 16,
    labels: ["bell", "hum"],
    folds: { "bell/monday/": 1, "hum/monday/": 1 },
    warns: /validation clips are of the same recording as training clips/,
  },
  {
    title: "Audacity's Label Track.txt with decimal commas, back to back",
    files: { "field.wav": "sound", "Label Track.txt": track },
    clips: 24,
    sources: { "field.wav@3-4": "field.wav from 3 s" },
    warns: /back to back, so neighbours in time are in different folds/,
  },
  {
    title: "Kaggle: audio_train with a table, audio_test without classes",
    files: {
      ...list([...kaggle, "audio_test/x.wav"]),
      "train.csv": labelled(
        kaggle.map((file) => file.slice(12)),
        "fname,label",
      ),
      "sample_submission.csv": "fname,label\nx.wav,bell",
    },
    clips: 15,
    unused: [
      "1 table sample_submission.csv: its name says that it is a submission",
      "1 sound file, which has no class: audio_test/x.wav",
    ],
  },
  {
    title: "folds of folders",
    files: list(cross(["fold1/", "fold2/", "fold3/"], names, ["/x.wav"])),
    clips: 9,
    folds: { "fold2/": 2 },
  },
  {
    title: "parts below the classes",
    files: list(cross(names, ["/"], ["train/", "val/", "test/"], [0, 1], [".wav"])),
    clips: 18,
    folds: { "bell/test/": 1, "hum/val/": 2, "hum/train/": 3 },
  },
  {
    title: "parts that differ in one word",
    files: list(cross(["Set.audio_train/", "Set.audio_test/"], names, ["/"], [0, 1, 2], [".wav"])),
    clips: 18,
    folds: { "Set.audio_test/": 1 },
  },
  {
    title: "a table in UTF-16 with semicolons and decimal commas",
    files: {
      ...list(["a.wav", "b.wav", "c.wav"]),
      "sounds.csv": utf16(
        "Datei;file;class;start;end\n1;a.wav;bell;0,5;1,5\n2;b.wav;hum;0,25;1\n3;a.wav;hum;2;3\n4;b.wav;bell;2;3\n5;c.wav;bell;0;1\n6;c.wav;hum;1;2\n",
      ),
    },
    clips: 6,
    labels: ["bell", "hum"],
    sources: { "a.wav@0.5-1.5": "a.wav" },
  },
  {
    title: "a table in Windows-1252 with paths of another machine and bare names without endings",
    files: {
      ...list(bare),
      "list.tsv": Buffer.from(
        labelled(
          bare.map((file, index) => (index % 2 === 0 ? `C:\\Users\\jo\\${file}` : file.slice(0, -4))),
          "Größe\tpath\tlabel",
          "\t",
        ).replaceAll(/\n/g, "\n1\t"),
        "latin1",
      ),
    },
    clips: 12,
  },
  {
    title: "folds that count from 0",
    files: {
      ...list(bare),
      "folds.csv": [
        "filename,target,kfold",
        ...bare.map((file, index) => `${file},${names[Math.floor(index / 4)] ?? ""},${index % 4}`),
      ].join("\n"),
    },
    clips: 12,
    folds: { "bell0.wav": 1, "hum3.wav": 4 },
  },
  {
    title: "train.csv and test.csv beside one folder",
    files: {
      ...list(bare),
      "train.csv": labelled(
        bare.filter((file) => !file.includes("3")),
        "file,category",
      ),
      "test.csv": labelled(
        bare.filter((file) => file.includes("3")),
        "file,category",
      ),
    },
    clips: 12,
    folds: { "bell3.wav": 1 },
  },
  {
    title: "a class folder with files of kinds that are not read, and upper-case endings",
    files: list([
      ...cross(["bell/"], [0, 1, 2], [".WAV"]),
      ...cross(["hum/"], [0, 1, 2, 3], [".m4a"]),
      ...cross(["whistle/"], [0, 1, 2], [".wma"]),
    ]),
    clips: 10,
  },
  {
    title: "a table that does not say classes",
    files: {
      ...list(cross(names, ["/"], [0, 1, 2], [".wav"])),
      "notes.csv": "file,loudness\nx,1",
      "labels.xlsx": "PK",
    },
    clips: 9,
    unused: [
      "1 table labels.xlsx: it is no CSV; export it as CSV to use it",
      "1 table notes.csv: expected a column of classes (label, class, category, class_name, classname, label_name), got file, loudness",
    ],
  },
  {
    title: "folders of speakers around the classes",
    files: list(cross(["speaker_1/", "speaker_2/", "speaker_3/"], names, ["/a.wav"])),
    clips: 9,
    sources: { "speaker_1/bell/a.wav": "speaker_1", "speaker_1/hum/a.wav": "speaker_1" },
  },
  {
    title: "Edge Impulse: parts as folders, classes in names",
    files: list([
      ...cross(["training/"], names, ["."], [0, 1, 2, 3], [".wav"]),
      ...cross(["testing/"], names, [".7.wav"]),
    ]),
    options: { namePattern: "{class}.*" },
    clips: 15,
    folds: { "testing/": 1 },
  },
  {
    title: "names with a number behind the class",
    files: list(bare),
    options: { layout: "names" },
    clips: 12,
  },
  {
    title: "a session of some clips, which only the user can confirm",
    files: list([
      ...cross(names, ["/"], [0, 1, 2, 3], [".wav"]),
      ...cross(names, ["/day/"], [0, 1, 2, 3], [".wav"]),
    ]),
    clips: 24,
    warns: /folders below the classes \(day\).*--group-by '\^\(\.\*\)\/'/,
  },
  {
    title: "speakers in the names, which only the user can confirm",
    files: list(cross(names, ["/"], ["ada", "ben", "cyd"], ["_"], [0, 1, 2], [".wav"])),
    clips: 27,
    warns: /names repeat a part \(ada, ben, cyd\).*--group-by '\(\?:\^\|\/\)\(\[\^\/_\. -\]\+\)\[\^\/\]\*\$'/,
  },
  ...[
    ["quoted commas", "path,label", '"bell,hum"', ""],
    ["semicolons", "path;label", '"bell;hum"', '""'],
    ["bars and names with commas", "path,label", "bell| hum ", ""],
    ["a list beside the main class", "path,label,labels", 'bell,"bell,hum"', ","],
  ].map(([what = "", header = "", both = "", none = ""]): LayoutCase => ({
    title: `several classes: ${what}`,
    files: {
      ...list([...bare, "none.wav", "both.wav"]),
      "manifest.csv": [
        header,
        ...[...bare.map((file) => [file, file.slice(0, -5)] as const)].map(([file, label]) =>
          header.includes("labels")
            ? `${file},${label},${label}`
            : `${file}${header.includes(";") ? ";" : ","}${label}`,
        ),
        `both.wav${header.includes(";") ? ";" : ","}${both}`,
        `none.wav${header.includes(";") ? ";" : ","}${none}`,
      ].join("\n"),
    },
    options: { multiLabel: true },
    clips: 14,
    sets: { "both.wav": ["bell", "hum"], "none.wav": [], "bell1.wav": ["bell"] },
    warns: /1 of 14 clips have several classes\n--multi-label: 1 clips have none of the classes/,
  })),
  {
    title: "several classes: JSON lists, a row for each class, a class of background",
    files: {
      ...list([...bare, "both.wav", "quiet.wav"]),
      "metadata.jsonl": [
        ...bare.map((file) => JSON.stringify({ file_name: file, labels: [file.slice(0, -5)] })),
        '{"file_name": "both.wav", "labels": ["hum", "whistle"]}',
        '{"file_name": "both.wav", "labels": "bell"}',
        '{"file_name": "quiet.wav", "labels": ["noise", "hum"]}',
      ].join("\n"),
    },
    options: { multiLabel: true },
    clips: 14,
    sets: { "both.wav": ["bell", "hum", "whistle"], "quiet.wav": ["hum"] },
  },
  {
    title: "several classes: folders have one each",
    files: list(cross(names, ["/"], [0, 1, 2], [".wav"])),
    options: { multiLabel: true },
    clips: 9,
    sets: { "bell/0.wav": ["bell"] },
    warns: /no clip has several classes/,
  },
  {
    title: "FSD50K: its split, its truth and not the raw answers",
    files: {
      ...list([
        ...cross(["FSD50K.dev_audio/"], [10, 11, 12, 13, 14, 15, 16, 17], [".wav"]),
        ...cross(["FSD50K.eval_audio/"], [20, 21], [".wav"]),
      ]),
      "FSD50K.ground_truth/dev.csv": [
        "fname,labels,mids,split",
        ...[10, 11, 12, 13, 14, 15].map(
          (name) => `${name},"${name % 2 ? "Bark,Dog" : "Rain"}","/m/1,/m/2",train`,
        ),
        '16,"Bark,Dog","/m/1,/m/2",val',
        '17,"Rain,Water","/m/3,/m/4",val',
      ].join("\n"),
      "FSD50K.ground_truth/eval.csv": 'fname,labels,mids\n20,"Dog","/m/2"\n21,"Rain,Water","/m/3,/m/4"',
      "FSD50K.ground_truth/vocabulary.csv": "0,Bark,/m/1\n1,Dog,/m/2",
      "FSD50K.metadata/collection/collection_dev.csv": 'fname,labels,mids\n10,"Rain,Thunder","/m/3,/m/5"',
    },
    options: { multiLabel: true },
    clips: 10,
    labels: ["Bark", "Dog", "Rain", "Water"],
    folds: { "FSD50K.eval_audio/": 1, "FSD50K.dev_audio/16": 2, "FSD50K.dev_audio/10": 3 },
    sets: { "FSD50K.dev_audio/11.wav": ["Bark", "Dog"], "FSD50K.dev_audio/10.wav": ["Rain"] },
  },
  {
    title: "AudioSet: comments, names of its identifiers, videos that are gone",
    files: {
      ...list(cross(["train/"], ["-a", "Y-b", "c", "d", "e", "f"], [".wav"])),
      "balanced_train_segments.csv": [
        "# Segments csv created Sun Mar  5 10:54:25 2017",
        "# num_ytids=7, num_segs=7, num_unique_labels=3, num_positive_labels=9",
        "# YTID, start_seconds, end_seconds, positive_labels",
        '-a, 30.000, 40.000, "/m/1,/m/2"',
        '-b, 30.000, 40.000, "/m/1"',
        'c, 0.000, 10.000, "/m/2"',
        'd, 0.000, 10.000, "/m/2"',
        'e, 0.000, 10.000, "/m/3"',
        'f, 0.000, 10.000, "/m/3"',
        'gone, 0.000, 10.000, "/m/3"',
      ].join("\n"),
      "class_labels_indices.csv":
        'index,mid,display_name\n0,/m/1,"Speech"\n1,/m/2,"Male speech, man speaking"\n2,/m/3,"Dog"',
    },
    options: { multiLabel: true },
    clips: 6,
    labels: ["Dog", "Male speech, man speaking", "Speech"],
    sets: { "train/-a.wav": ["Male speech, man speaking", "Speech"], "train/Y-b.wav": ["Speech"] },
    warns: /1 of 7 videos are not there/,
    unused: [],
  },
];
