console.error("set-up of tfjs-node: not written yet");
process.exitCode = 1;
