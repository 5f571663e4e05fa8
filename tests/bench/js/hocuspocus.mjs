/** A Hocuspocus server without persistence, in a process of its own. */
import { Server } from "@hocuspocus/server";

await new Server({ address: process.env["HOST"], port: Number(process.env["PORT"]), quiet: true }).listen();
