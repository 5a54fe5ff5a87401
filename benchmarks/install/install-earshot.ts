/** A clone of this checkout's last commit and `npm run predict`, on the install benchmark. */
import { projectFolder } from "../../setup/run-tool.ts";
import { serveRounds } from "../measure/serve-rounds.ts";
import { folderArgument, timeInstallation } from "./time-installation.ts";

await serveRounds({ versions: {} }, () =>
  timeInstallation((clip) => [
    ["git", "clone", "--quiet", "--depth", "1", `file://${projectFolder}`, folderArgument],
    ["npm", "run", "predict", "--", clip],
  ]),
);
