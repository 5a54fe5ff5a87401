import http from "node:http";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";

const maxRedirects = 5;

export interface OpenOptions {
  /** How long the server may take to answer at all; a closed network often swallows packets silently. */
  readonly connectTimeoutMs: number;
  /** Asks for the bytes from here on: the answer's status is then 206, or 416 when there are fewer. */
  readonly startBytes?: number;
}

/**
 * Opens a URL for reading: follows redirects, goes through the proxy that HTTPS_PROXY names (or npm's setting), and
 * gives up early where nobody answers.
 *
 * @throws {Error} that names the host and why it cannot be reached, or a status that is no success
 */
export async function openUrl(
  url: string,
  options: OpenOptions,
  redirects = 0,
): Promise<http.IncomingMessage> {
  const target = new URL(url);
  const response = await request(target, options).catch((error: unknown) => {
    throw new Error(`${target.host} cannot be reached (${describeProblem(error)})`);
  });
  const { statusCode: status } = response;
  if (status === undefined) throw new Error(`${url}: expected an answer with a status`);
  const { location } = response.headers;
  if (status >= 300 && status < 400 && location !== undefined && redirects < maxRedirects) {
    response.destroy();
    return openUrl(new URL(location, url).href, options, redirects + 1);
  }
  const expected = options.startBytes === undefined || options.startBytes === 0 ? [200] : [200, 206, 416];
  if (!expected.includes(status)) {
    response.destroy();
    throw new Error(`${url}: expected status 200, got ${status}`);
  }
  return response;
}

async function request(target: URL, options: OpenOptions): Promise<http.IncomingMessage> {
  const proxy = findProxy(target);
  const { startBytes = 0 } = options;
  const headers = startBytes === 0 ? {} : { range: `bytes=${startBytes}-` };
  if (target.protocol === "http:") return answerOf(http.get(target, { headers }), options);
  if (proxy === undefined) return answerOf(https.get(target, { headers }), options);
  const socket = await openTunnel(proxy, target, options);
  const createConnection = (): net.Socket => tls.connect({ socket, servername: target.hostname });
  return answerOf(https.get(target, { agent: false, createConnection, headers }), options);
}

function answerOf(
  sent: http.ClientRequest,
  { connectTimeoutMs }: OpenOptions,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      sent.destroy(new Error(`no answer for ${connectTimeoutMs / 1000} s`));
    }, connectTimeoutMs);
    sent.on("response", (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    sent.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

/** Asks a proxy for a connection to the target (RFC 9110, CONNECT). */
function openTunnel(proxy: URL, target: URL, { connectTimeoutMs }: OpenOptions): Promise<net.Socket> {
  const authority = `${target.hostname}:${target.port === "" ? "443" : target.port}`;
  const credentials = decodeURIComponent(`${proxy.username}:${proxy.password}`);
  const headers = {
    Host: authority,
    ...(proxy.username !== "" && {
      "Proxy-Authorization": `Basic ${Buffer.from(credentials).toString("base64")}`,
    }),
  };
  return new Promise((resolve, reject) => {
    const { request } = proxy.protocol === "https:" ? https : http;
    const asked = request(proxy, { method: "CONNECT", path: authority, headers, timeout: connectTimeoutMs });
    asked.on("connect", (response, socket) => {
      if (response.statusCode === 200 && socket instanceof net.Socket) resolve(socket);
      else reject(new Error(`the proxy ${proxy.host} answered ${response.statusCode ?? "nothing"}`));
    });
    asked.on("timeout", () => asked.destroy(new Error(`the proxy ${proxy.host} does not answer`)));
    asked.on("error", reject);
    asked.end();
  });
}

function findProxy(target: URL): URL | undefined {
  const { env } = process;
  const proxy = env.HTTPS_PROXY ?? env.https_proxy ?? env.npm_config_https_proxy ?? env.npm_config_proxy;
  if (proxy === undefined || !URL.canParse(proxy)) return undefined;
  const exceptions = (env.NO_PROXY ?? env.no_proxy ?? "")
    .split(",")
    .map((host) => host.trim().replace(/^\*?\./, ""));
  const isException = exceptions.some(
    (host) =>
      host !== "" && (host === "*" || target.hostname === host || target.hostname.endsWith(`.${host}`)),
  );
  return isException ? undefined : new URL(proxy);
}

function describeProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
