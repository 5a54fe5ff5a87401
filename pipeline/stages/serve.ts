import { once } from "node:events";
import { createClassifier } from "../../runtime/node.ts";
import { createHttpServer } from "../../runtime/server.ts";
import { defaultModelPath } from "../default-model.ts";
import { modelOptions } from "./options.ts";
import { defineStage } from "./stage.ts";

export const serveStage = defineStage({
  name: "serve",
  describe: "Answer over HTTP what sounds hold, until Ctrl-C",
  options: {
    ...modelOptions,
    port: { type: "number", default: 8080, describe: "port to listen on; 0 takes a free one" },
    host: { type: "string", default: "127.0.0.1", describe: "address to listen on; 0.0.0.0 for all" },
  },
  examples: [["serve -- --port 8080", "then: curl --data-binary @clip.wav http://127.0.0.1:8080/classify"]],
  run: async ({ model, allowUnverified, port, host }) => {
    await using ears = await createClassifier(model ?? (await defaultModelPath()), { allowUnverified });
    const server = createHttpServer(ears);
    server.listen(port, host);
    await once(server, "listening");
    const address = server.address();
    const place = `http://${host}:${typeof address === "object" && address !== null ? address.port : port}`;
    console.log(`${ears.info.labels.length} classes on ${ears.backend.name} at ${place}`);
    console.log(`  curl --data-binary @clip.wav ${place}/classify`);
    console.log(`  curl ${place}/info`);
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    server.close();
    server.closeAllConnections();
  },
});
