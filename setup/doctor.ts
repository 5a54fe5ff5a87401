console.error("doctor: not written yet");
process.exitCode = 1;
