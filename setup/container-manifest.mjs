// Prints the manifest of the server's container: the package's own dependencies and the peers that the server
// needs, in the versions that development has. node setup/container-manifest.mjs package.json
import { readFileSync } from "node:fs";

const needed = [
  "@fastify/cors",
  "@fastify/rate-limit",
  "@fastify/websocket",
  "fastify",
  "prom-client",
  "swagger-ui-dist",
  "ws",
];
const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
  readFileSync(process.argv[2], "utf8"),
);
const picked = Object.fromEntries(needed.map((name) => [name, devDependencies[name]]));
console.log(
  JSON.stringify({
    name: "earshot-server",
    private: true,
    type: "module",
    dependencies: { ...dependencies, ...optionalDependencies, ...picked },
  }),
);
