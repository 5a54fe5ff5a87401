import type { Wheel } from "../fetch-wheel.ts";

/** Where CUDA for one version of onnxruntime-node comes from. Linux on x64 only: no other has it. */
export interface CudaWheels {
  /** ONNX Runtime's own Python package, built from the same commit: its two provider libraries fit into ours. */
  readonly providers: Wheel;
  /** NVIDIA's libraries, for machines that have a driver but no CUDA 13 and cuDNN 9. */
  readonly libraries: readonly Wheel[];
}

const pythonVersion = "3.12";

/** SHA-256 as the Python package index states them. */
export const cudaWheels: Readonly<Record<string, CudaWheels>> = {
  "1.30.0": {
    providers: {
      project: "onnxruntime-gpu",
      version: "1.30.0",
      platform: "manylinux_2_28_x86_64",
      pythonVersion,
      bytes: 246_685_715,
      sha256: "6acc0f4b3d5ac5f2984432faa59dd8fcce6775f8b43a7140afa0f322c7a703b1",
    },
    libraries: [
      {
        project: "nvidia-cuda-runtime",
        version: "13.5.37",
        platform: "manylinux2014_x86_64",
        pythonVersion,
        bytes: 2_504_024,
        sha256: "df2b79a8852f10d1fef8c848489c49eebb5754051bf870202a862831412b179d",
      },
      {
        project: "nvidia-cublas",
        version: "13.10.0.20",
        platform: "manylinux1_x86_64",
        pythonVersion,
        bytes: 444_289_903,
        sha256: "dcc6d63884c53d07e267ce7e6feac17b2538cebaafec5db865736c3e28e4dc84",
      },
      {
        project: "nvidia-curand",
        version: "10.4.5.25",
        platform: "manylinux_2_27_x86_64",
        pythonVersion,
        bytes: 77_113_015,
        sha256: "22bb226a857e5888fe6b54ae465fc4371296bcff13a35f79e19691bcf454f529",
      },
      {
        project: "nvidia-cufft",
        version: "12.5.0.14",
        platform: "manylinux2014_x86_64",
        pythonVersion,
        bytes: 165_072_555,
        sha256: "b8be26837a5abad2b5b74f3e92dd29f622a42934b355be0961a48712cbba23ad",
      },
      {
        project: "nvidia-nvjitlink",
        version: "13.5.37",
        platform: "manylinux2010_x86_64",
        pythonVersion,
        bytes: 46_642_491,
        sha256: "280d7cb9649704145f074b8dbde500de04ce02d0872e066e20a83c17bcaa93eb",
      },
      {
        project: "nvidia-cuda-nvrtc",
        version: "13.5.37",
        platform: "manylinux2010_x86_64",
        pythonVersion,
        bytes: 58_185_930,
        sha256: "86b4d68058807988b7d9af5b44917a0601e9c337f35ccd657bfb3c759ff8d8bc",
      },
      {
        project: "nvidia-cudnn-cu13",
        version: "9.28.1.4",
        platform: "manylinux_2_27_x86_64",
        pythonVersion,
        bytes: 516_817_937,
        sha256: "a54f205b1db1f2895d99f398754db1369816f0569dd459731f925635cf7b65ec",
      },
    ],
  },
};
