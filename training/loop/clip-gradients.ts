import * as tf from "@tensorflow/tfjs";

/**
 * Scales all gradients by min(1, limit / norm), norm = sqrt of the sum of all their squares (Pascanu et al. 2013), as
 * torch.nn.utils.clip_grad_norm_ does. Nothing is read back, so the engine need not stop. Call inside `tf.tidy`.
 */
export function clipGradients(gradients: readonly tf.Tensor[], limit: number): tf.Tensor[] {
  const squares = gradients.map((gradient) => gradient.square().sum().asScalar());
  const norm = tf.addN(squares).sqrt();
  const scale = tf.minimum(1, tf.div(limit, norm.add(1e-6)));
  return gradients.map((gradient) => gradient.mul(scale));
}
