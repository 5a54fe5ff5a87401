/** A virtual environment with torch and librosa, and a first answer with them, on the install benchmark. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { findPythons } from "../../setup/python/python-environment.ts";
import { serveRounds } from "../measure/serve-rounds.ts";
import { folderArgument, timeInstallation } from "./time-installation.ts";

const script = fileURLToPath(new URL("../python/first_answer.py", import.meta.url));
const [system] = findPythons();
if (system === undefined) throw new Error("no Python: npm run doctor says what is missing");
const python = path.join(process.platform === "win32" ? "Scripts" : "bin", "python");

await serveRounds({ versions: {} }, () =>
  timeInstallation((clip) => [
    [system.command, "-m", "venv", folderArgument],
    [python, "-m", "pip", "install", "--quiet", "torch", "librosa"],
    [python, script, clip],
  ]),
);
