// Routes in a Fastify server of your own: curl --data-binary @dog.ogg localhost:3000/sounds/v1/classify
// npx tsx examples/04-http-route.ts model.onnx 3000
import { registerEarshot } from "earshot/server";
import { fastify } from "fastify";

const [model = "model.onnx", port = "3000"] = process.argv.slice(2);

const app = fastify({ forceCloseConnections: "idle", return503OnClosing: false });
await registerEarshot(app, { model, prefix: "/sounds", workers: 2, maxSeconds: 60 });

console.log(`listening at ${await app.listen({ port: Number(port) })}`);
process.once("SIGTERM", () => void app.close());
