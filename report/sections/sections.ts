import type { ReportData } from "../analysis/report-data.ts";
import { writeAblation } from "./ablation.ts";
import { writeClasses } from "./classes.ts";
import { writeComparison } from "./comparison.ts";
import { writeConfusedClips } from "./confused-clips.ts";
import { writeConfusion } from "./confusion.ts";
import { writeCurves } from "./curves.ts";
import { writeField } from "./field.ts";
import { writeGridSearch } from "./grid-search.ts";
import { writeLabelSets } from "./label-sets.ts";
import { writeLeakage } from "./leakage.ts";
import { writeParity } from "./parity.ts";
import { writeReference } from "./reference.ts";
import { writeReproduction } from "./reproduction.ts";
import type { Section, SectionWriter } from "./section.ts";
import { writeThresholds } from "./thresholds.ts";
import { writeTraining } from "./training.ts";

/** The chapters, in reading order. */
const writers: readonly SectionWriter[] = [
  writeComparison,
  writeReference,
  writeTraining,
  writeConfusion,
  writeConfusedClips,
  writeClasses,
  writeLabelSets,
  writeCurves,
  writeThresholds,
  writeField,
  writeGridSearch,
  writeAblation,
  writeParity,
  writeLeakage,
  writeReproduction,
];

export async function writeSections(report: ReportData): Promise<Section[]> {
  const sections = await Promise.all(writers.map(async (write) => await write(report)));
  return sections.filter((section) => section !== null);
}
