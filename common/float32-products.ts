/**
 * Has NVIDIA's libraries compute in float32, as every other execution provider does. By themselves they may round the
 * factors of products to TF32, ten bits of mantissa. Whoever wants that sets the variable to 1. To be called before
 * CUDA is loaded: the libraries read the variable once (cuBLAS documentation, "NVIDIA_TF32_OVERRIDE").
 */
export function useFloat32Products(): void {
  process.env.NVIDIA_TF32_OVERRIDE ??= "0";
}
