import { arrangeKernels } from "./arrangement/arrange.ts";
import { blockKernels } from "./arrangement/blocks.ts";
import { combineKernels } from "./elementwise/combine.ts";
import { convolutionKernels } from "./product/convolution.ts";
import { creationKernels } from "./arrangement/creation.ts";
import { cumulativeKernels } from "./reduction/cumulative.ts";
import { depthwiseKernels } from "./product/depthwise.ts";
import { indexingKernels } from "./arrangement/indexing.ts";
import { joinAndSplitKernels } from "./arrangement/join-and-split.ts";
import type { Kernel } from "./kernel.ts";
import { mapElementsKernels } from "./elementwise/map-elements.ts";
import { matrixKernels } from "./product/matrix.ts";
import { normalisationKernels } from "./reduction/normalisation.ts";
import { parametricKernels } from "./elementwise/parametric.ts";
import { poolingKernels } from "./product/pooling.ts";
import { reductionKernels } from "./reduction/reductions.ts";
import { reshapeKernels } from "./arrangement/reshape.ts";
import { softmaxKernels } from "./reduction/softmax.ts";
import { sortingKernels } from "./reduction/sorting.ts";

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
