import { spawnSync } from "node:child_process";
import { at } from "../../common/at.ts";

export interface Compiler {
  readonly command: string;
  /** The first line of its --version. */
  readonly version: string;
}

/** A C++ compiler that takes GCC's options: the environment variable CXX, then the usual names. */
export function findCompiler(): Compiler | undefined {
  const chosen = process.env.CXX;
  const usual = process.platform === "darwin" ? ["clang++"] : ["g++", "clang++", "c++"];
  for (const command of chosen === undefined || chosen === "" ? usual : [chosen]) {
    const { status, stdout } = spawnSync(command, ["--version"], { encoding: "utf8", timeout: 20_000 });
    if (status === 0) return { command, version: at(stdout.split("\n"), 0) };
  }
  return undefined;
}

export function describeCompilerInstall(): string {
  if (process.platform === "darwin") return "install a C++ compiler: xcode-select --install";
  return "install a C++ compiler (Debian, Ubuntu: sudo apt-get install g++)";
}
