import type { ModelMetadata } from "../../features/model-metadata.ts";

/** What the metadata do not hold. */
export interface ModelCardFacts {
  /** Heading of the card. */
  readonly name: string;
  /** Name of the data set, without the folders above it. */
  readonly data: string;
  /** Folds, as numbers, of the clips that the network was tested on; none when it was trained on all. */
  readonly testFolds: readonly number[];
}

/**
 * The model card of an export (Mitchell et al. 2019, "Model Cards for Model Reporting"), as Markdown with the front
 * matter of the Hugging Face Hub: data, classes, measured scores, limits, licence.
 */
export function writeModelCard(metadata: ModelMetadata, facts: ModelCardFacts): string {
  const { labels, features, parameters, network, precision = "fp32", input, program } = metadata;
  const { sampleRateHz, clipSeconds, fftSamples } = features;
  const takes =
    input === "samples"
      ? `\`[batch, samples]\`, mono float32 at ${sampleRateHz} Hz in [-1, 1], from ${fftSamples} samples on`
      : `\`[batch, frames, ${features.melBands}]\`, log-mel as earshot extracts it`;
  const isMultiLabel = metadata.labelling === "several";
  const activation = isMultiLabel ? "sigmoid" : "softmax";
  const probabilities =
    metadata.temperature === undefined
      ? activation
      : `${activation} of the logits / ${metadata.temperature.toFixed(4)}, the temperature in the metadata`;
  return [
    writeFrontMatter(metadata),
    `# ${facts.name}\n`,
    `Classifies sound into ${labels.length} classes: ${labels.map(escapeText).join(", ")}.\n`,
    `- **Input** ${takes}. One clip has ${clipSeconds} s; ${describeLength(metadata)}`,
    `- **Output** \`logits\` and \`probabilities\` (${probabilities}), \`[batch, classes]\`; class names are in the metadata (\`labels\`).`,
    `- **Network** ${escapeText(network)}, ${parameters.toLocaleString("en")} parameters, ${precision}. Exported by ${escapeText(program)}.`,
    `- **Data** ${escapeText(facts.data)}${metadata.trainingDataHash === undefined ? "" : `, content hash ${metadata.trainingDataHash}`}.\n`,
    "## Scores\n",
    describeScores(metadata, facts),
    "## Same answers on every runtime\n",
    describeParity(metadata),
    "## Limits\n",
    isMultiLabel
      ? "- A sound may have several of its classes, or none: each probability stands for itself, and they do not sum to 1."
      : "- It answers one of its classes for every sound, also for silence, speech and music.",
    ...describeCalibration(metadata),
    "- Rooms, microphones and distances other than those of its training data were not measured.\n",
    "## Licence\n",
    `Licence: ${escapeText(metadata.license ?? "not stated by the exporter (`npx earshot export --license`)")}. ` +
      `Author: ${escapeText(metadata.author ?? "not stated")}. ${describeDataLicense(metadata)}${describeBackbone(metadata)}\n`,
  ].join("\n");
}

function describeCalibration({ backbone, thresholds }: ModelMetadata): string[] {
  if (backbone === undefined && thresholds === undefined)
    return [
      "- Its probabilities are not calibrated: they rank classes, they are not frequencies of being right.",
    ];
  return [
    "- Its probabilities are calibrated for sounds like those of its training data, and for no others.",
    ...(thresholds === undefined
      ? []
      : [
          `- Its metadata have a threshold for each class (${escapeText(thresholds.goal)}): below it earshot names none, ` +
            "and any other program has to compare by itself.",
        ]),
  ];
}

function writeFrontMatter({ license, input }: ModelMetadata): string {
  const lines = [
    ...(license === undefined ? [] : [`license: ${JSON.stringify(license.toLowerCase())}`]),
    "pipeline_tag: audio-classification",
    ...(input === "samples" ? ["library_name: transformers.js"] : []),
    "tags: [onnx, audio-classification, earshot]",
  ];
  return `---\n${lines.join("\n")}\n---\n`;
}

function describeDataLicense({ dataLicense }: ModelMetadata): string {
  return dataLicense === undefined
    ? "The data set may have a licence of its own."
    : `Licence of the training data: ${escapeText(dataLicense)}.`;
}

/** Another's network is inside the file: its terms hold for the file too. So they may for what learned from one. */
function describeBackbone({ backbone, teacher }: ModelMetadata): string {
  const describe = ({ name, source = "not stated", license = "not stated", sha256 }: Origin): string =>
    `${escapeText(name)}, from ${source}, licence ${escapeText(license)}, SHA-256 ${sha256}.`;
  return [
    ...(backbone === undefined ? [] : [`\nBackbone inside: ${describe(backbone)}`]),
    ...(teacher === undefined
      ? []
      : [
          `\nIt learned from a backbone, which is not inside: ${describe(teacher)} Its licence may cover what was learned.`,
        ]),
  ].join("");
}

type Origin = NonNullable<ModelMetadata["teacher"]>;

function describeLength({ features, input, backbone }: ModelMetadata): string {
  if (backbone !== undefined)
    return "silent ends are left out, a shorter sound starts again, and a longer one is cut into windows inside.";
  if (input === "features") return "clips are brought to that length before.";
  const filled = {
    loop: "silent ends are left out, and a shorter sound starts again",
    repeat: "a shorter sound starts again",
    zero: "a shorter sound is followed by silence",
    centre: "a shorter sound stands between silence",
  }[features.padding];
  return `${filled}; of a longer one only the start counts, so cut it into windows and take the mean of their logits.`;
}

/** Each as its run measured it; a network that was trained on everything has none of its own. */
function describeScores({ metrics, backbone }: ModelMetadata, { testFolds }: ModelCardFacts): string {
  const rows = Object.entries(metrics).map(([name, value]) => `| ${name} | ${formatMeasure(name, value)} |`);
  const table =
    rows.length === 0 ? "None was measured." : ["| measure | value |", "| --- | ---: |", ...rows].join("\n");
  const interval = describeInterval(metrics);
  const isHeadScored = backbone !== undefined && rows.length > 0;
  const honesty = isHeadScored
    ? `Measured on heads that did not train on the clips they were asked; this file's head then trained on all clips.${interval}`
    : interval !== ""
      ? `Measured on networks that did not train on the clips they were asked; this file's network then trained on all clips.${interval}`
      : testFolds.length > 0
        ? `Tested on fold ${testFolds.join(", ")}, which took no part in training or in choosing the epoch.`
        : "No clip was kept for testing: measures on training clips say nothing about other sound.";
  return `${table}\n\n${honesty} Accuracies are fractions, losses mean cross-entropy in nats.\n`;
}

/** Repeats and clips are counts, the others fractions and losses. */
const formatMeasure = (name: string, value: number): string =>
  ["testRepeats", "testClips"].includes(name) ? String(value) : value.toFixed(4);

/** Of an accuracy of clips that others trained on; "" of any other. */
function describeInterval({
  testRepeats,
  testClips,
  testAccuracyLow,
  testAccuracyHigh,
}: Record<string, number>): string {
  if (testRepeats === undefined || testAccuracyLow === undefined || testAccuracyHigh === undefined) return "";
  const [low, high] = [testAccuracyLow, testAccuracyHigh].map((value) => (100 * value).toFixed(1));
  const times = testRepeats === 1 ? "once" : `${testRepeats} times`;
  return ` ${testClips} clips were asked ${times}: the 95 % interval of testAccuracy is ${low} to ${high} %.`;
}

function describeParity({ parity }: ModelMetadata): string {
  if (parity.length === 0) return "Not measured yet: `npx earshot parity`.\n";
  const rows = parity.map(
    ({ target, inputs, maxAbsoluteDifference, topClassAgreement, passed }) =>
      `| ${target} | ${inputs} | ${maxAbsoluteDifference.toExponential(1)} | ` +
      `${(100 * topClassAgreement).toFixed(1)} % | ${passed ? "passed" : "failed"} |`,
  );
  return [
    "Beside the network as trained, on real clips and edge inputs:\n",
    "| runtime | inputs | largest difference of logits | same class | verdict |",
    "| --- | ---: | ---: | ---: | --- |",
    ...rows,
    "",
  ].join("\n");
}

/** Names come from folders and options: as text, in one line. */
function escapeText(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/[\\|<>[\]*_#]/g, "\\$&");
}
