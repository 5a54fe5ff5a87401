// Writes every file in the project's format: `npm run format`.
import { runTool } from "./run-tool.ts";

const { code, output } = await runTool("prettier", ["--write", "--log-level", "warn", "."]);
process.stdout.write(output);
process.exitCode = code;
