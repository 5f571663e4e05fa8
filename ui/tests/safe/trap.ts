/** A server on loopback that nobody has a reason to ask anything: it counts who does, and answers with a script that sings. */
import { createServer } from "node:http";

/** A running trap. */
export interface Trap {
  readonly url: string;
  /** Every address that was asked for. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** Sets it up. */
export async function setTrap(): Promise<Trap> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const token = /c\d+/.exec(request.url ?? "")?.[0] ?? "";
    response.writeHead(200, { "content-type": "text/javascript", "access-control-allow-origin": "*" });
    response.end(`(self.parent ?? self).canary?.('${token}')`);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
