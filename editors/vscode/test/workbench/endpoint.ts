/** A server that speaks as much of OpenAI's protocol as an answer needs, and writes only what a test tells it to. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

const MODEL = "told";

export class Endpoint {
  readonly asked: string[] = [];
  /** Whether the client went away before the answer was whole. */
  closedEarly = 0;
  #response: ServerResponse | undefined;
  #waiting: (() => void)[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Endpoint> {
    const server = createServer();
    const endpoint = new Endpoint(server);
    server.on("request", (request, response) => void endpoint.#take(request, response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return endpoint;
  }

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/v1`;
  }

  /** Wait until an answer is asked for. */
  async untilAsked(): Promise<void> {
    while (this.#response === undefined) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Write the next piece of the answer. */
  write(content: string): void {
    this.#send({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
  }

  /** End the answer. */
  end(): void {
    this.#send({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
    this.#response?.end("data: [DONE]\n\n");
    this.#response = undefined;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "GET") {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ object: "list", data: [{ id: MODEL, object: "model" }] }));
      return;
    }
    const body: Buffer[] = [];
    for await (const part of request) {
      body.push(part as Buffer);
    }
    this.asked.push(Buffer.concat(body).toString());
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.flushHeaders();
    response.on("close", () => {
      this.closedEarly += response.writableFinished ? 0 : 1;
      this.#response = this.#response === response ? undefined : this.#response;
    });
    this.#response = response;
    this.#waiting.splice(0).forEach((resolve) => resolve());
  }

  #send(event: object): void {
    const chunk = { id: "1", object: "chat.completion.chunk", created: 0, model: MODEL, ...event };
    this.#response?.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
}
