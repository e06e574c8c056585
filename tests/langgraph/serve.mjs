// SPDX-License-Identifier: GPL-3.0-or-later
// LangGraph's own development server with the graphs beside this file, on a free port of loopback. Says where on
// standard output, keeps its data in FOLDER, and ends when its standard input does.
// usage: node serve.mjs FOLDER
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { startServer } from "@langchain/langgraph-api/server";

const port = await new Promise((found) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
        const { port } = probe.address();
        probe.close(() => found(port));
    });
});
const graphs = fileURLToPath(new URL("graphs.mjs", import.meta.url));
const { cleanup } = await startServer({
    port,
    nWorkers: 10,
    host: "127.0.0.1",
    cwd: process.argv[2],
    graphs: { desk: `${graphs}:desk`, form: `${graphs}:form` },
});
process.stdin.resume();
process.stdin.on("end", async () => {
    await cleanup();
    process.exit(0);
});
process.stdout.write(`\nat http://127.0.0.1:${port}\n`);
