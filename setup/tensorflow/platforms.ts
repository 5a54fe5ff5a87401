import type { Wheel } from "../fetch-wheel.ts";

/** An archive on a server whose every byte is known in advance. */
export interface Archive {
  readonly url: string;
  readonly bytes?: number;
  readonly sha256: string;
}

/** Where TensorFlow's C library and tfjs-node's addon for one platform come from. */
export interface Platform {
  /** What tfjs-node's own install script downloads: the C library with its headers. */
  readonly library: Archive;
  /** The addon that tfjs-node's makers built for this platform; undefined where they built none. */
  readonly prebuiltAddon: string | undefined;
  /** The Python package that holds the same library; undefined where there is none. */
  readonly wheel: Wheel | undefined;
}

/** The binding uses Node-API version 8, which every Node since 16 speaks: one addon fits them all. */
export const napiVersion = 8;

const defaultHost = "https://storage.googleapis.com/";

/**
 * The sources for a platform such as "linux-x64"; undefined when tfjs-node supports it not at all.
 *
 * The SHA-256 of the libraries are those that Nixpkgs pins (mjolnir, nextcloud recognize), Windows' that Microsoft's
 * DirectML plugin pins; those of the wheels are PyPI's own. Nobody pins the prebuilt addons, so they are the last choice.
 *
 * @param host tfjs-node's own variable TFJS_NODE_CDN_STORAGE names a mirror of Google's storage
 */
export function findPlatform(
  name: string,
  tfjsVersion: string,
  host = process.env.TFJS_NODE_CDN_STORAGE ?? defaultHost,
): Platform | undefined {
  const library = (path: string, sha256: string): Archive => ({ url: host + path, sha256 });
  const prebuilt = (file: string) =>
    `${host}tf-builds/pre-built-binary/napi-v${napiVersion}/${tfjsVersion}/${file}`;
  switch (name) {
    case "linux-x64":
      return {
        library: library(
          "tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz",
          "7f510d2546e3db5e10b1d119463689003d587842892ad3c95bca51cf82820173",
        ),
        prebuiltAddon: prebuilt(`CPU-linux-${tfjsVersion}.tar.gz`),
        wheel: {
          project: "tensorflow-cpu",
          version: "2.15.1",
          platform: "manylinux2014_x86_64",
          pythonVersion: "311",
          bytes: 207_208_420,
          sha256: "54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26",
        },
      };
    case "linux-arm64":
      return {
        library: library(
          "tf-builds/libtensorflow_r2_7_linux_arm64.tar.gz",
          "9395d1ff39f5b6847f5121e679ff4e599dc7061a2a7f87ceac061c78e908e6e3",
        ),
        prebuiltAddon: undefined,
        wheel: {
          project: "tensorflow-cpu-aws",
          version: "2.15.1",
          platform: "manylinux2014_aarch64",
          pythonVersion: "311",
          bytes: 211_874_120,
          sha256: "d4c3a3a9363bf42999adedbbd514e3a133be2d62f61fee9cfa46aaefb087c09e",
        },
      };
    case "darwin-arm64":
      return {
        library: library(
          "tf-builds/libtensorflow_r2_7_darwin_arm64_cpu.tar.gz",
          "13ab22b97e2af06e431aaeb7b42fb89981965dd01aa16da035d8210aa4183d79",
        ),
        prebuiltAddon: undefined,
        wheel: undefined,
      };
    case "darwin-x64":
      return {
        library: library(
          "tensorflow/libtensorflow/libtensorflow-cpu-darwin-x86_64-2.9.1.tar.gz",
          "56f83d3320ba0f69aaafd6c058645e1b7fbc75fb9a3fc36d6be98de1291ca226",
        ),
        prebuiltAddon: prebuilt(`CPU-darwin-${tfjsVersion}.tar.gz`),
        wheel: undefined,
      };
    case "win32-x64":
      return {
        library: library(
          "tensorflow/libtensorflow/libtensorflow-cpu-windows-x86_64-2.9.1.zip",
          "56fa7e84c984144311563b405bd0e565568f3cbe2c15ac4713e9c8174a02b00f",
        ),
        prebuiltAddon: prebuilt(`CPU-windows-${tfjsVersion}.zip`),
        wheel: undefined,
      };
    default:
      return undefined;
  }
}
