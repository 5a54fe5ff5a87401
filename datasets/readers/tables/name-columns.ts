/** What a table may say of a clip. */
export type Field = "path" | "label" | "fold" | "split" | "group" | "start" | "end";

/**
 * The names that columns have in published data sets, the best first: of several columns that fit, the one whose name
 * stands earlier is taken. Compared without case; blanks and hyphens count as underscores.
 */
const fieldNames: Readonly<Record<Field, readonly string[]>> = {
  path: [
    ...["path", "file", "filename", "file_name", "slice_file_name", "fname", "filepath", "file_path"],
    ...[
      "ytid",
      "relative_path",
      "audio_path",
      "audio_file",
      "audio_filename",
      "wav_file",
      "wav",
      "audio",
      "clip",
    ],
  ],
  label: [
    ...["label", "class", "category", "class_name", "classname", "label_name", "scene_label", "target"],
    ...["primary_label", "species", "emotion", "genre", "command", "word"],
  ],
  fold: ["fold", "fold_number", "kfold", "cv_fold"],
  split: ["split", "subset", "partition", "usage"],
  group: [
    ...["group", "recording", "recording_id", "source", "src_file", "fsid", "freesound_id", "speaker"],
    ...["speaker_id", "client_id", "session", "session_id", "patient", "patient_id", "subject", "subject_id"],
  ],
  start: [
    "start",
    "start_seconds",
    "start_time",
    "start_s",
    "onset",
    "begin",
    "begin_time",
    "begin_time_(s)",
  ],
  end: ["end", "end_seconds", "end_time", "end_s", "offset", "stop", "end_time_(s)"],
};

/** Columns that hold several classes for a sound. */
const severalLabelsNames = ["labels", "positive_labels", "classes", "tags"];

/** Columns that only a model's answers have: such a table is no truth to train on. */
const answerNames = ["probability", "confidence", "score", "prediction", "predicted"];

/** Which of a table's columns says what. */
export interface NamedColumns {
  readonly columns: ReadonlyMap<Field, string>;
  /** Column of several classes. */
  readonly severalLabels: string | undefined;
  /** Whether the table holds a model's answers. */
  readonly isAnswers: boolean;
}

/**
 * Finds the columns of a table's header.
 *
 *     nameColumns(["slice_file_name", "classID", "class"]).columns.get("label"); // "class"
 */
export function nameColumns(header: readonly string[]): NamedColumns {
  const names = new Map(header.map((column) => [normalise(column), column] as const));
  const columns = new Map<Field, string>();
  for (const field of ["path", "label", "fold", "split", "group", "start", "end"] as const) {
    const name = fieldNames[field].find((candidate) => names.has(candidate));
    const column = name === undefined ? undefined : names.get(name);
    if (column !== undefined) columns.set(field, column);
    // The clips of UrbanSound8K and AudioSet are files of their own: start and end are places in the recording or the
    // video that they were cut from.
    if (field === "path" && (name === "slice_file_name" || name === "ytid"))
      for (const time of [...fieldNames.start, ...fieldNames.end]) names.delete(time);
  }
  const several = severalLabelsNames.find((name) => names.has(name));
  return {
    columns,
    severalLabels: several === undefined ? undefined : names.get(several),
    isAnswers: answerNames.some((name) => names.has(name)),
  };
}

/** All names of a field, for messages. */
export function listColumnNames(field: Field): string {
  return fieldNames[field].slice(0, 6).join(", ");
}

function normalise(column: string): string {
  return column
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_");
}
