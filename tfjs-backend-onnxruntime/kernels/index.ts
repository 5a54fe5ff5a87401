import { arrangeKernels } from "./arrange.ts";
import { blockKernels } from "./blocks.ts";
import { combineKernels } from "./combine.ts";
import { convolutionKernels } from "./convolution.ts";
import { creationKernels } from "./creation.ts";
import { cumulativeKernels } from "./cumulative.ts";
import { depthwiseKernels } from "./depthwise.ts";
import { indexingKernels } from "./indexing.ts";
import { joinAndSplitKernels } from "./join-and-split.ts";
import type { Kernel } from "./kernel.ts";
import { mapElementsKernels } from "./map-elements.ts";
import { matrixKernels } from "./matrix.ts";
import { normalisationKernels } from "./normalisation.ts";
import { parametricKernels } from "./parametric.ts";
import { poolingKernels } from "./pooling.ts";
import { reductionKernels } from "./reductions.ts";
import { reshapeKernels } from "./reshape.ts";
import { softmaxKernels } from "./softmax.ts";
import { sortingKernels } from "./sorting.ts";

/** All kernels, by family. */
export const kernels: readonly Kernel[] = [
  ...arrangeKernels,
  ...blockKernels,
  ...combineKernels,
  ...convolutionKernels,
  ...creationKernels,
  ...cumulativeKernels,
  ...depthwiseKernels,
  ...indexingKernels,
  ...joinAndSplitKernels,
  ...mapElementsKernels,
  ...matrixKernels,
  ...normalisationKernels,
  ...parametricKernels,
  ...poolingKernels,
  ...reductionKernels,
  ...reshapeKernels,
  ...softmaxKernels,
  ...sortingKernels,
];
