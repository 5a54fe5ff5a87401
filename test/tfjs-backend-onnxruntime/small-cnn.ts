import * as tf from "@tensorflow/tfjs";

function createCnn(): tf.LayersModel {
  const kernelInitializer = (seed: number) => tf.initializers.heNormal({ seed });
  return tf.sequential({
    layers: [
      tf.layers.conv1d({
        inputShape: [23, 6],
        filters: 8,
        kernelSize: 5,
        padding: "same",
        useBias: false,
        kernelInitializer: kernelInitializer(1),
      }),
      tf.layers.batchNormalization(),
      tf.layers.reLU(),
      tf.layers.maxPooling1d({ poolSize: 2 }),
      tf.layers.conv1d({
        filters: 8,
        kernelSize: 3,
        kernelInitializer: kernelInitializer(2),
        activation: "relu",
      }),
      tf.layers.globalMaxPooling1d(),
      tf.layers.dense({ units: 4, kernelInitializer: kernelInitializer(3) }),
    ],
  });
}

/** Losses of a few training steps from one seed, written as any TF.js program would, on TF.js's current backend. */
export async function trainSmallCnn(createOptimiser: () => tf.Optimizer, steps: number): Promise<number[]> {
  const model = createCnn();
  const optimiser = createOptimiser();
  const x = tf.randomNormal([8, 23, 6], 0, 1, "float32", 5);
  const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 3, 0, 1, 2, 3], "int32"), 4).toFloat();
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const loss = optimiser.minimize(() => {
      const logits = model.apply(x, { training: true });
      if (!(logits instanceof tf.Tensor)) throw new TypeError("expected one output");
      return tf.losses.softmaxCrossEntropy(labels, logits).asScalar();
    }, true);
    const [value = Number.NaN] = (await loss?.data<"float32">()) ?? [];
    losses.push(value);
    loss?.dispose();
  }
  tf.dispose([x, labels]);
  model.dispose();
  optimiser.dispose();
  return losses;
}
